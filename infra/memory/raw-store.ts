import type { LogSpace } from "#streams/ports/log-space.ts"
import type { RawChannel, RawRecord, RawStore } from "#streams/ports/raw-store.ts"

const BATCH = 256

/** Raw messages for as long as the process lives. */
export const memoryRaw = (): RawStore & LogSpace => {
  const channels = new Map<string, Array<RawRecord>>()
  const recordsOf = ({ venue, channel }: RawChannel): Array<RawRecord> => {
    const key = `${venue}/${channel}`
    const records = channels.get(key) ?? []
    channels.set(key, records)
    return records
  }
  return {
    name: "memory",
    append: async (channel, records) => {
      const stored = recordsOf(channel)
      return records.map(({ at, bytes }) => stored.push({ no: stored.length + 1, at, bytes: bytes.slice() }))
    },
    async *read(channel, from) {
      const records = recordsOf(channel).filter(({ no }) => no >= from)
      for (let i = 0; i < records.length; i += BATCH) yield records.slice(i, i + BATCH)
    },
    newest: async (channel) => recordsOf(channel).at(-1),
    rooms: async () => [],
    close: async () => undefined
  }
}
