import { Result } from "effect"
import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { Decider, Refusal } from "#domain/kernel/shapes.ts"
import type { Time } from "#domain/kernel/time.ts"
import { readChecked, type CheckedCommit } from "./chain.ts"
import type { Codec } from "./codec.ts"
import { EMPTY_CHAIN, sealCommit, type ChainHead } from "./commit.ts"
import { Fenced, LogUnavailable, type EventLog, type StoredCommit } from "./ports/event-log.ts"

/** What a command was answered with, once that is durable. */
export type Answer<Event extends Fact> =
  | { readonly kind: "facts"; readonly events: ReadonlyArray<Recorded<Event>> }
  /** answered before, by the events of these numbers; nothing was recorded now */
  | { readonly kind: "repeat"; readonly first: number; readonly last: number }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly refusal: Refusal }

/** This process is not the partition's writer (any more): nothing was recorded, ask the one who is. */
export class NotTheWriter extends Error {
  override readonly name = "NotTheWriter"
}

/** A commit that is durable, with its events: what listeners are told before callers get their answers. */
export type Committed<Event extends Fact> = {
  readonly stored: StoredCommit
  readonly events: ReadonlyArray<Recorded<Event>>
}

/** The parts that the loop needs of a bounded context: how to prepare, decide, number and remember its commands. */
export type WriterSpec<Request, Command, State, Event extends Fact> = {
  readonly decider: Decider<Command, State, Event>
  readonly codec: Codec<Event>
  readonly versionOf: (type: Event["type"]) => number
  /** attaches time, prices and whatever else a decision needs */
  readonly gather: (request: Request, at: Time, state: State) => Command
  readonly envelopeOf: (command: Command, fact: Event) => Pick<Recorded, "actor" | "cause" | "correlation" | "trace">
  readonly answeredBefore: (command: Command, state: State) => { first: number; last: number } | undefined
  readonly recordedAt: (state: State) => Time
}

export type Writer<Request, State, Event extends Fact> = {
  readonly partition: number
  /** Decides and records; resolves when the outcome is durable. Rejects with NotTheWriter or LogUnavailable. */
  readonly submit: (request: Request) => Promise<Answer<Event>>
  /** Looks at the state between appends: what is seen is durable. The state must not be kept or changed. */
  readonly look: <T>(question: (state: State) => T) => Promise<T>
  readonly head: () => ChainHead & { readonly eventNo: number }
  readonly waiting: () => number
  /** resolves when the writer stepped down, with the reason */
  readonly ended: Promise<Error>
  readonly stop: () => Promise<void>
}

export type WriterOptions<Request, Command, State, Event extends Fact> = {
  readonly log: EventLog
  readonly partition: number
  readonly spec: WriterSpec<Request, Command, State, Event>
  readonly clock: () => Time
  /** unique among processes: two writers can never build the same commit */
  readonly writerId: string
  /** events already in the log, while it starts */
  readonly onReplayed?: (commit: CheckedCommit, events: ReadonlyArray<Recorded<Event>>, state: State) => void
  /** each commit as soon as it is durable, before the callers are answered */
  readonly onCommitted?: (commit: Committed<Event>, state: State) => void
  readonly mostPerCommit?: number
}

const MOST_COMMANDS = 256

type Waiting<Request, State, Event extends Fact> =
  | {
      readonly request: Request
      readonly resolve: (answer: Answer<Event>) => void
      readonly reject: (error: Error) => void
    }
  | { readonly look: (state: State) => void; readonly reject: (error: Error) => void }

/**
 * The transact loop: replays the partition, opens an epoch with a commit of its own, and from then on takes all waiting
 * commands, decides each purely, appends one commit, and answers when that is durable. One append is in flight.
 */
export const openWriter = async <Request, Command, State, Event extends Fact>(
  options: WriterOptions<Request, Command, State, Event>
): Promise<Writer<Request, State, Event>> => {
  const { log, partition, spec, clock, writerId, onCommitted, mostPerCommit = MOST_COMMANDS } = options
  const { decider, codec } = spec
  let { state, head, epoch } = await replay(options)
  let eventNo = Number(head.eventNo)
  let chain: ChainHead = head
  const append = async (events: ReadonlyArray<string>) => {
    const commit = sealCommit(chain, partition, epoch, writerId, events)
    await log.append(commit)
    chain = { no: commit.no, hash: commit.hash }
    return commit
  }
  epoch += 1
  await append([]) // from here on an append of an earlier writer is refused: it does not follow the head

  const queue: Array<Waiting<Request, State, Event>> = []
  let running = false
  let stepped: Error | undefined
  let endedWith: (reason: Error) => void = () => {}
  const ended = new Promise<Error>((resolve) => (endedWith = resolve))
  let idle: () => void = () => {}

  const stepDown = (reason: Error) => {
    stepped ??= reason
    for (const waiting of queue.splice(0)) waiting.reject(stepped)
    endedWith(stepped)
  }

  /** Decides one command against the state as it will be once the batch is appended. */
  const decide = (request: Request, recorded: Array<Recorded<Event>>, encoded: Array<string>): Answer<Event> => {
    const now = clock()
    const last = spec.recordedAt(state)
    const at = now < last ? last : now // recorded time never goes back, whatever the machine's clock does
    const command = spec.gather(request, at, state)
    const decision = decider.decide(command, state)
    if (Result.isFailure(decision)) return { kind: "refused", refusal: decision.failure }
    const facts = decision.success
    if (facts.length === 0) {
      const before = spec.answeredBefore(command, state)
      return before === undefined ? { kind: "nothing" } : { kind: "repeat", first: before.first, last: before.last }
    }
    const events: Array<Recorded<Event>> = []
    for (const fact of facts) {
      const event = record(fact, ++eventNo, at, spec.versionOf(fact.type), spec.envelopeOf(command, fact))
      encoded.push(codec.encode(event))
      state = decider.evolve(state, event)
      events.push(event)
      recorded.push(event)
    }
    return { kind: "facts", events }
  }

  const runBatch = async () => {
    const answers: Array<() => void> = []
    const recorded: Array<Recorded<Event>> = []
    const encoded: Array<string> = []
    const batch: Array<Waiting<Request, State, Event>> = []
    while (queue.length > 0 && batch.length < mostPerCommit) {
      const waiting = queue[0]!
      if ("look" in waiting && recorded.length > 0) break // what it sees must be durable
      queue.shift()
      batch.push(waiting)
      if ("look" in waiting) waiting.look(state)
      else {
        const answer = decide(waiting.request, recorded, encoded)
        answers.push(() => waiting.resolve(answer))
      }
    }
    try {
      if (encoded.length > 0) {
        const stored = await append(encoded)
        onCommitted?.({ stored, events: recorded }, state)
      }
    } catch (error) {
      for (const waiting of batch) waiting.reject(error instanceof Fenced ? notTheWriter(error) : (error as Error))
      if (!(error instanceof LogUnavailable))
        return stepDown(error instanceof Fenced ? notTheWriter(error) : (error as Error))
      // the state holds what was not stored: take it from the log again
      ;({ state, head, epoch } = await replay({ ...options, onReplayed: () => {} }))
      chain = head
      eventNo = head.eventNo
      return
    }
    for (const answer of answers) answer()
  }

  const run = async () => {
    running = true
    await Promise.resolve() // one read of a socket brings many commands: let them all come in
    while (queue.length > 0 && stepped === undefined) {
      try {
        await runBatch()
      } catch (error) {
        stepDown(error as Error) // a fact that cannot be: this process must not decide on
      }
    }
    running = false
    idle()
  }
  const enqueue = (waiting: Waiting<Request, State, Event>) => {
    if (stepped !== undefined) return waiting.reject(stepped)
    queue.push(waiting)
    if (!running) void run()
  }

  return {
    partition,
    submit: (request) => new Promise((resolve, reject) => enqueue({ request, resolve, reject })),
    look: (question) =>
      new Promise((resolve, reject) => {
        const look = (seen: State) => {
          try {
            resolve(question(seen))
          } catch (error) {
            reject(error as Error)
          }
        }
        enqueue({ look, reject })
      }),
    head: () => ({ ...chain, eventNo }),
    waiting: () => queue.length,
    ended,
    stop: async () => {
      if (running) await new Promise<void>((resolve) => (idle = resolve))
      stepDown(new NotTheWriter(`partition ${partition}: this writer was stopped`))
    }
  }
}

const notTheWriter = (cause: Error) => new NotTheWriter(`another writer took over: ${cause.message}`)

/** Folds the whole partition; the state at its head, and where the head is. */
const replay = async <Request, Command, State, Event extends Fact>({
  log,
  partition,
  spec: { decider, codec },
  onReplayed
}: WriterOptions<Request, Command, State, Event>) => {
  let state = decider.initial()
  let head = { ...EMPTY_CHAIN, eventNo: 0 }
  let epoch = 0
  for await (const batch of readChecked(log, partition)) {
    for (const commit of batch) {
      const events = commit.body.events.map((raw) => codec.decode(raw))
      for (const event of events) state = decider.evolve(state, event)
      head = { no: commit.stored.no, hash: commit.stored.hash, eventNo: head.eventNo + events.length }
      epoch = commit.body.epoch
      onReplayed?.(commit, events, state)
    }
  }
  return { state, head, epoch }
}

const record = <Event extends Fact>(
  fact: Event,
  eventNo: number,
  recordedAt: Time,
  v: number,
  { actor, cause, correlation, trace }: Pick<Recorded, "actor" | "cause" | "correlation" | "trace">
): Recorded<Event> =>
  ({
    eventNo,
    type: fact.type,
    v,
    recordedAt,
    effectiveAt: fact.effectiveAt ?? recordedAt,
    actor,
    cause,
    correlation,
    ...(trace !== undefined && { trace }),
    ...(fact.account !== undefined && { account: fact.account }),
    data: fact.data
  }) as unknown as Recorded<Event>
