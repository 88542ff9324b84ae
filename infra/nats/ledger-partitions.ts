import { jetstreamManager } from "@nats-io/jetstream"
import { connectNats } from "./connection.ts"
import { subjectOf } from "./ledger-stream.ts"

export type LedgerPartitions = {
  /** Partitions that have a commit, and the first one, which is there from the start; in order. */
  readonly list: () => Promise<ReadonlyArray<number>>
  readonly close: () => Promise<void>
}

/** Which partitions a ledger's stream holds: whoever opens an epoch in another one adds it. */
export const openLedgerPartitions = async (url: string, stream = "LEDGER"): Promise<LedgerPartitions> => {
  const link = await connectNats({ url, name: "trade2026-partitions" })
  const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 2_000 })
  return {
    list: async () => {
      const { state } = await jsm.streams.info(stream, { subjects_filter: subjectOf(stream, "*") })
      const found = Object.keys(state.subjects ?? {}).map((text) => Number(text.slice(text.lastIndexOf(".") + 1)))
      return [...new Set([0, ...found])].toSorted((a, b) => a - b)
    },
    close: link.close
  }
}
