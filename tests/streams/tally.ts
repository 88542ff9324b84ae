// The smallest bounded context there is, to look at the writer's loop alone, and a log that fails when it is told to.
import { Result, Schema } from "effect"
import { memoryLog } from "#infra/memory/event-log.ts"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { EPOCH, plusMicros, type Time } from "#domain/kernel/time.ts"
import { bodyOf, readChecked } from "#streams/chain.ts"
import { makeCodec } from "#streams/codec.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import { openWriter } from "#streams/transact.ts"
import { type Writer, type WriterOptions, type WriterSpec } from "#streams/writer.ts"

const Added = defineEvent("Added", { amount: Schema.Int, total: Schema.Int })
export type Added = FactOf<typeof Added>
/** `id` 0 is remembered by nobody; an amount below 0 is refused, of 0 it is nothing; words are for faults in the decider. */
export type Add = {
  readonly id: number
  readonly amount: number
  readonly times?: number
  readonly fault?: "decide" | "evolve" | "gather"
}
type Tally = {
  total: number
  eventNo: number
  recordedAt: Time
  readonly answered: Map<number, { first: number; last: number }>
}

const spec: WriterSpec<Add, Add, Tally, Added> = {
  decider: {
    initial: () => ({ total: 0, eventNo: 0, recordedAt: EPOCH, answered: new Map() }),
    decide: ({ id, amount, times = 1, fault }, state) => {
      if (fault === "decide") throw new Error("a fault in decide")
      if (amount < 0) return Result.fail({ code: "Negative", detail: "only more" })
      if (state.answered.has(id) || amount === 0) return Result.succeed([])
      const poison = fault === "evolve" ? Number.NaN : amount
      return Result.succeed(
        Array.from(
          { length: times },
          (_, i) => ({ type: "Added", data: { amount: poison, total: state.total + (i + 1) * amount } }) as const
        )
      )
    },
    evolve: (state, { eventNo, recordedAt, data, cause }) => {
      if (eventNo !== state.eventNo + 1) throw new Error(`event ${eventNo} after ${state.eventNo}`)
      if (Number.isNaN(data.amount)) throw new Error("a fault in evolve")
      state.total += data.amount
      state.eventNo = eventNo
      state.recordedAt = recordedAt
      const known = state.answered.get(Number(cause))
      if (known !== undefined) known.last = eventNo
      else if (cause !== "0") state.answered.set(Number(cause), { first: eventNo, last: eventNo })
      return state
    }
  },
  codec: makeCodec<Added>([Added]),
  versionOf: () => 1,
  gather: (request) => {
    if (request.fault === "gather") throw new Error("a fault in gather")
    return request
  },
  envelopeOf: ({ id }) => ({ actor: "test", cause: String(id), correlation: String(id) }),
  answeredBefore: ({ id }, state) => state.answered.get(id),
  recordedAt: (state) => state.recordedAt
}
export type TallyWriter = Writer<Add, Tally, Added>
type Options = Partial<WriterOptions<Add, Add, Tally, Added>>

export const noon = plusMicros(EPOCH, 1_772_452_800_000_000)
let writers = 0
export const openTally = (log: EventLog, options: Options = {}): Promise<TallyWriter> =>
  openWriter({ log, partition: 0, spec, clock: () => noon, writerId: `w${++writers}`, ...options })

type Append = (store: () => Promise<void>, commit: StoredCommit) => Promise<void>
/** A log on top of a memory log whose next appends, and reads, do as they are told. */
export const troubledLog = (inner: EventLog = memoryLog()) => {
  const appends: Array<Append> = []
  const reads: Array<() => Promise<void>> = []
  const log: EventLog = {
    ...inner,
    append: (commit) => {
      const store = () => inner.append(commit)
      const next = appends.shift()
      return next === undefined ? store() : next(store, commit)
    },
    read: async function* (partition, from) {
      await reads.shift()?.()
      yield* inner.read(partition, from)
    }
  }
  return { log, inner, appends, reads }
}

/** An append that waits until it is let go. */
export const gate = () => {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  let begun: () => void = () => {}
  const reached = new Promise<void>((resolve) => (begun = resolve))
  const pass: Append = async (store) => {
    begun()
    await opened
    await store()
  }
  /** the same, and nothing is stored when it is let go */
  const failing =
    (error: Error): Append =>
    async (_, commit) => {
      await pass(async () => {}, commit)
      throw error
    }
  return { pass, failing, open, reached }
}

export type Kept = {
  readonly no: number
  readonly epoch: number
  readonly events: ReadonlyArray<Record<string, unknown>>
}
export const keptIn = async (log: EventLog, partition = 0): Promise<ReadonlyArray<Kept>> => {
  const kept: Array<Kept> = []
  for await (const batch of readChecked(log, partition)) {
    for (const { no, epoch, events } of batch.map(bodyOf)) kept.push({ no, epoch, events })
  }
  return kept
}
/** How many events each commit holds: `[0, 1]` is a writer's epoch and a commit of one. */
export const sizesIn = async (log: EventLog): Promise<ReadonlyArray<number>> =>
  (await keptIn(log)).map(({ events }) => events.length)
export const amountsIn = async (log: EventLog): Promise<ReadonlyArray<number>> =>
  (await keptIn(log)).flatMap(({ events }) => events.map((event) => (event["data"] as { amount: number }).amount))

/** Lets everything happen that waits for nothing else. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
/** What became of a promise so far. */
export const outcomeOf = async (promise: Promise<unknown>): Promise<"open" | "done" | Error> => {
  let outcome: "open" | "done" | Error = "open"
  promise.then(
    () => (outcome = "done"),
    (error: Error) => (outcome = error)
  )
  await turn()
  return outcome
}
