import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream"
import { connectNats } from "./connection.ts"
import { subjectOf } from "./ledger-stream.ts"

/** The partitions of which a stream holds commits: of a ledger, or of a `mirror` of it; in order. */
export const partitionsOf = async (
  jsm: JetStreamManager,
  ledger: string,
  mirror = ledger
): Promise<ReadonlyArray<number>> => {
  const { state } = await jsm.streams.info(mirror, { subjects_filter: subjectOf(ledger, "*") })
  const subjects = Object.keys(state.subjects ?? {})
  return subjects.map((subject) => Number(subject.slice(subject.lastIndexOf(".") + 1))).toSorted((a, b) => a - b)
}

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
      const held = await partitionsOf(jsm, stream)
      return held.includes(0) ? held : [0, ...held]
    },
    close: link.close
  }
}
