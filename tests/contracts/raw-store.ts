import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { Time } from "#domain/kernel/time.ts"
import type { RawChannel, RawRecord, RawStore } from "#streams/ports/raw-store.ts"

/** One store, opened as often as is wanted, one after the other. */
export type OpenRaw = () => Promise<{ readonly open: () => Promise<RawStore>; readonly discard: () => Promise<void> }>

const at = (second: number) => `2026-11-28T10:00:${String(second).padStart(2, "0")}.000000000Z` as Time
const record = (second: number, text: string) => ({ at: at(second), bytes: Buffer.from(text, "utf8") })
const plain = (records: ReadonlyArray<RawRecord>) =>
  records.map((one) => ({ at: one.at, text: Buffer.from(one.bytes).toString("utf8") }))
const readAll = async (store: RawStore, channel: RawChannel, from = 1) => {
  const all: Array<RawRecord> = []
  for await (const batch of store.read(channel, from)) all.push(...batch)
  return all
}

/** What every store of raw messages keeps. */
export const rawStoreContract = (name: string, openRaw: OpenRaw, options: { skip?: boolean } = {}) =>
  describe(`raw store: ${name}`, options, () => {
    let made: Awaited<ReturnType<OpenRaw>>
    let store: RawStore
    let venue: string
    beforeEach(async () => {
      made = await openRaw()
      store = await made.open()
      venue = `v${Math.random().toString(36).slice(2)}`
    })
    afterEach(async () => {
      await store.close()
      await made.discard()
    })

    it("gives back what came, to the byte and in order, with rising numbers", async () => {
      const reports = { venue, channel: "reports" } as const
      expect(await store.newest(reports)).toBeUndefined()
      expect(await readAll(store, reports)).toEqual([])
      const first = await store.append(reports, [record(1, "żółć\u0000\u0001"), record(2, "")])
      const second = await store.append(reports, [record(3, "8=FIX.4.4\u0001")])
      const numbers = [...first, ...second]
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
      expect(new Set(numbers).size).toBe(3)
      const all = await readAll(store, reports)
      expect(all.map(({ no }) => no)).toEqual(numbers)
      expect(plain(all)).toEqual(
        plain([record(1, "żółć\u0000\u0001"), record(2, ""), record(3, "8=FIX.4.4\u0001")] as never)
      )
      expect((await store.newest(reports))?.no).toBe(numbers[2])
      expect((await readAll(store, reports, numbers[1])).map(({ no }) => no)).toEqual(numbers.slice(1))
      expect(await readAll(store, reports, numbers[2]! + 1)).toEqual([])
    })

    it("keeps bytes that are no text", async () => {
      const reports = { venue, channel: "reports" } as const
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
      await store.append(reports, [{ at: at(1), bytes }])
      expect(Uint8Array.from((await readAll(store, reports))[0]!.bytes)).toEqual(bytes)
    })

    it("keeps venues and channels apart", async () => {
      const channels = ["reports", "suspense", "settled"] as const
      for (const channel of channels) await store.append({ venue, channel }, [record(1, channel)])
      await store.append({ venue: `${venue}b`, channel: "reports" }, [record(1, "other")])
      for (const channel of channels) {
        expect(plain(await readAll(store, { venue, channel })).map(({ text }) => text)).toEqual([channel])
      }
    })

    it("knows the newest of what is settled", async () => {
      const settled = { venue, channel: "settled" } as const
      for (const text of ["1", "2", "3"]) await store.append(settled, [record(1, text)])
      expect(plain([(await store.newest(settled))!])).toEqual(plain([record(1, "3")] as never))
    })

    it("keeps many, and goes on with its numbers when it is opened again", async () => {
      const reports = { venue, channel: "reports" } as const
      const many = Array.from({ length: 600 }, (_, i) => record(i % 60, `report ${i}`))
      const numbers = await store.append(reports, many)
      await store.close()
      store = await made.open()
      const [next] = await store.append(reports, [record(1, "after")])
      expect(next).toBeGreaterThan(numbers.at(-1)!)
      expect(plain(await readAll(store, reports)).map(({ text }) => text)).toEqual([
        ...many.map((_, i) => `report ${i}`),
        "after"
      ])
    })
  })
