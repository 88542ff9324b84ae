import { PROJECTIONS } from "#projections/all.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { hasStore, logPlace, PARTITION_OPTION, partitionsIn, partitionsSaid, storePlace } from "./places.ts"
import { count } from "./progress.ts"
import type { OpenStore, Outcome, Tools } from "./tools.ts"
import { LEDGER_OPTIONS, type Said, type Verb } from "./usage.ts"
import { KEY_OPTION } from "./proved-by.ts"
import { copiesLines, COPIES_OPTIONS, verifyCopies, type CopiesFindings } from "./verify-copies.ts"
import {
  SNAPSHOT_OPTIONS,
  snapshotFolder,
  snapshotLines,
  verifySnapshots,
  type SnapshotFindings
} from "./verify-snapshots.ts"
import { verifyPartition, type Fault, type PartitionFindings } from "./verify-ledger.ts"
import { compareWithStore, expectations, type ComparedTable } from "./verify-projections.ts"

export const verify: Verb = {
  words: "",
  about: `Checks the ledger from its first commit: the chain of hashes, contiguity, the Merkle root of every commit, every
field of every event, that the decider's state follows; that the double entries sum to zero in every unit and equal
the balances, that what is reserved is what open orders hold; and that the projections, where they are kept and free
to read, equal a fresh fold. Then ledger, archive, mirrors (on NATS) and signed anchors are compared, each read to
its end: every commit that is missing, unreadable, changed, reordered, duplicated or forked is named with the copy
that holds it so, and with those that hold it sound. It only reads, also beside the running platform.`,
  options: { ...LEDGER_OPTIONS, ...PARTITION_OPTION, ...COPIES_OPTIONS, ...KEY_OPTION, ...SNAPSHOT_OPTIONS },
  examples: [
    "verify",
    "verify --json",
    "verify --snapshots",
    "verify --log nats:nats://127.0.0.1:4222 --archive s3:https://s3.example/ledger"
  ],
  run: async (said, tools) => {
    const asked = partitionsSaid(said)
    const place = logPlace(said, tools)
    const log = await tools.openLog(place)
    const { store, why } = await storeIfFree(said, tools)
    try {
      const partitions: Array<PartitionFindings> = []
      const held = asked ?? (await partitionsIn(log))
      const expected = await expectations(PROJECTIONS, store?.rows, held, asked)
      for (const partition of held) {
        partitions.push(
          await verifyPartition(tools, log, partition, (event, place) => expected.fold(partition, event, place))
        )
      }
      const projections = await compareWithStore(expected, log, partitions, store?.rows)
      const broken = partitions.some(({ faults }) => faults.length > 0)
      const copies = await verifyCopies(said, tools, place, log, asked, broken)
      const snapshots = said.has("snapshots") ? await snapshotsOf(said, tools, log, held) : undefined
      return outcome(log.name, partitions, projections, why, copies, snapshots)
    } finally {
      await store?.close()
      await log.close()
    }
  }
}

const snapshotsOf = async (said: Said, tools: Tools, log: EventLog, partitions: ReadonlyArray<number>) => {
  const store = tools.openSnapshots(snapshotFolder(said, tools))
  try {
    return await verifySnapshots(store, log, partitions, tools.progress)
  } finally {
    await store.close()
  }
}

const storeIfFree = async (said: Said, tools: Tools): Promise<{ readonly store?: OpenStore; readonly why: string }> => {
  if (!hasStore(said, tools)) return { why: "there is no store" }
  try {
    return { store: await tools.openStore(storePlace(said, tools)), why: "" }
  } catch (error) {
    return { why: (error as Error).message }
  }
}

const outcome = (
  ledger: string,
  partitions: ReadonlyArray<PartitionFindings>,
  projections: ReadonlyArray<ComparedTable>,
  notCompared: string,
  copies: CopiesFindings,
  snapshots: SnapshotFindings | undefined
): Outcome => {
  const faults: ReadonlyArray<Fault> = [
    ...partitions.flatMap((one) => one.faults),
    ...projections.flatMap(({ fault }) => (fault === undefined ? [] : [fault])),
    ...copies.faults,
    ...(snapshots?.faults ?? [])
  ]
  const ok = faults.length === 0
  const checked = partitions.map(({ partition, commits, events, head }) => ({ partition, commits, events, head }))
  return {
    ok,
    json: {
      ok,
      ledger,
      partitions: checked,
      projections,
      copies: copies.compared.map(({ partition, copies: read, anchors }) => ({ partition, copies: read, anchors })),
      anchors: copies.books,
      ...(snapshots !== undefined && { snapshots: snapshots.equal }),
      ...(notCompared !== "" && { notCompared }),
      faults
    },
    text: [
      `ledger ${ledger}`,
      ...partitions.flatMap(partitionLines),
      ...projections.map(projectionLine),
      ...(notCompared === "" ? [] : [`  projections were not compared: ${notCompared}`]),
      ...copiesLines(copies),
      ...snapshotLines(snapshots),
      ...faults.map(({ check, reason }) => `FAULT  ${check}: ${reason}`),
      ok ? "everything holds" : `${faults.length} ${faults.length === 1 ? "fault" : "faults"}`
    ].join("\n")
  }
}

const partitionLines = ({ partition, commits, events, head, faults }: PartitionFindings): ReadonlyArray<string> => [
  `  partition ${partition}: ${count(commits)} commits and ${count(events)} events hold, up to commit ${head.no}  ${head.hash}`,
  ...(faults.length > 0
    ? []
    : [`  partition ${partition}: double entries sum to zero and equal the balances, reservations the open orders`])
]

const projectionLine = ({ name, version, position, rows, hash, compared, fault }: ComparedTable): string => {
  const state = fault !== undefined ? "DIFFERS from" : compared ? "equals" : "not compared,"
  return `  ${name} v${version} at ${position || "its beginning"}: ${state} a fresh fold of ${count(rows)} rows  ${hash}`
}
