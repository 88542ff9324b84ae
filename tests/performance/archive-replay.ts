import { join } from "node:path"
import { accountDecider } from "#domain/account/decider.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import { readArchivedEvents } from "#streams/archive/read-events.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { round, type Metrics } from "./figures.ts"

const SEGMENT_BYTES = 8_000_000 // as the platform has it
/** Events that are kept in memory to be folded alone. */
const KEPT = 200_000

type Pass = {
  readonly seconds: number
  /** of the thread that decodes and folds: what it would take without others on the machine */
  readonly cpuSeconds: number
  readonly events: number
  readonly segments: number
  readonly bytes: number
}
type Take = (event: Recorded<AccountEvent>) => void

/** Archives a ledger, and reads the archive by both of its forms, in turns: decoded alone, and folded into account state. */
export const archiveReplay = async (log: Pick<EventLog, "read">, folder: string, runs: number): Promise<Metrics> => {
  const store = folderObjects(join(folder, "archive"))
  const sealing = clock()
  const end = await archiveOn({ log, store, partition: 0, codec: ledgerCodec, segmentBytes: SEGMENT_BYTES })
  const sealed = sealing()
  const folded: Array<Pass> = []
  const decoded: Array<Pass> = []
  const originals: Array<Pass> = []
  const alone: Array<Pass> = []
  for (let run = 0; run < runs; run++) {
    folded.push(await read(store, folding(), false))
    decoded.push(await read(store, () => undefined, false))
    alone.push(await foldAlone(store))
    originals.push(await read(store, folding(), true))
  }
  const whole = median(folded)
  const packed = await sizes(store)
  return {
    ratePerSec: rate(whole),
    ratePerSecMin: Math.min(...folded.map(rate)),
    ratePerSecMax: Math.max(...folded.map(rate)),
    seconds: round(whole.seconds),
    cpuMicrosPerEvent: cpuMicros(whole),
    events: whole.events,
    commits: end.no,
    eventsPerCommit: round(whole.events / end.no),
    segments: whole.segments,
    decodeRatePerSec: rate(median(decoded)),
    decodeRatePerSecMax: Math.max(...decoded.map(rate)),
    decodeCpuMicrosPerEvent: cpuMicros(median(decoded)),
    bareRatePerSec: rate(median(alone)),
    bareCpuMicrosPerEvent: cpuMicros(median(alone)),
    shareOfBare: round(rate(whole) / rate(median(alone))),
    originalsRatePerSec: rate(median(originals)),
    originalsCpuMicrosPerEvent: cpuMicros(median(originals)),
    bytesPerEvent: round(packed.events / whole.events),
    originalBytesPerEvent: round(packed.commits / whole.events),
    unpackedBytesPerEvent: round(median(decoded).bytes / whole.events),
    sealedPerSec: Math.round(whole.events / sealed.seconds),
    sealCpuMicrosPerEvent: round((sealed.cpuSeconds * 1e6) / whole.events),
    errors: folded.filter(({ events }) => events !== end.eventNo).length
  }
}

const folding = (): Take => {
  const decider = accountDecider(0)
  let state = decider.initial()
  return (event) => {
    state = decider.evolve(state, event)
  }
}

const read = async (store: ObjectStore, take: Take, originals: boolean): Promise<Pass> => {
  const pass = { events: 0, segments: 0, bytes: 0 }
  const taken = clock()
  for await (const segment of readArchivedEvents(store, 0, ledgerCodec, { originals })) {
    pass.segments++
    pass.bytes += segment.bytes
    for (const run of segment.runs()) {
      for (const { events } of run) {
        pass.events += events.length
        for (const event of events) take(event)
      }
    }
  }
  return { ...pass, ...taken() }
}

/** What no reader can do without: folding events that are in memory already. */
const foldAlone = async (store: ObjectStore): Promise<Pass> => {
  const kept: Array<Recorded<AccountEvent>> = []
  for await (const segment of readArchivedEvents(store, 0, ledgerCodec)) {
    for (const run of segment.runs()) for (const { events } of run) kept.push(...events)
    if (kept.length >= KEPT) break
  }
  const take = folding()
  const taken = clock()
  for (const event of kept) take(event)
  return { ...taken(), events: kept.length, segments: 0, bytes: 0 }
}

const sizes = async (store: ObjectStore): Promise<{ readonly events: number; readonly commits: number }> => {
  const objects = await store.list("segments/")
  const of = (name: string) =>
    objects.filter(({ key }) => key.endsWith(`.${name}.zst`)).reduce((sum, { size }) => sum + size, 0)
  return { events: of("events"), commits: of("commits") }
}

const clock = () => {
  const started = performance.now()
  const { user, system } = process.threadCpuUsage()
  return () => {
    const used = process.threadCpuUsage()
    const cpuSeconds = (used.user + used.system - user - system) / 1e6
    return { seconds: (performance.now() - started) / 1000, cpuSeconds }
  }
}
const cpuMicros = ({ cpuSeconds, events }: Pass): number => round((cpuSeconds * 1e6) / events)
const rate = ({ events, seconds }: Pass): number => Math.round(events / seconds)
const median = (passes: ReadonlyArray<Pass>): Pass =>
  passes.toSorted((a, b) => rate(a) - rate(b))[Math.floor(passes.length / 2)]!
