import { Result } from "effect"
import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { Time } from "#domain/kernel/time.ts"
import { sealCommit } from "./commit.ts"
import { foldOn, nothingFolded, openEpoch } from "./open-epoch.ts"
import { Fenced, LogUnavailable } from "./ports/event-log.ts"
import { type Answer, NotTheWriter, type Writer, type WriterOptions } from "./writer.ts"

const MOST_COMMANDS = 256
/** A commit is one message of the broker, which takes a megabyte; a command that began below this is never cut. */
const MOST_CHARS = 400_000

type Asking<Request, Event extends Fact> = {
  readonly request: Request
  readonly resolve: (answer: Answer<Event>) => void
  readonly reject: (error: Error) => void
}
type Waiting<Request, State, Event extends Fact> =
  | Asking<Request, Event>
  | { readonly look: (state: State) => void; readonly reject: (error: Error) => void }

/** What is decided together: who waits for it, what they are answered once it is durable, and the events to append. */
type Batch<Request, Event extends Fact> = {
  readonly waiting: Array<Asking<Request, Event>>
  readonly answers: Array<() => void>
  readonly recorded: Array<Recorded<Event>>
  readonly encoded: Array<string>
  chars: number
}
const emptyBatch = <Request, Event extends Fact>(): Batch<Request, Event> => ({
  waiting: [],
  answers: [],
  recorded: [],
  encoded: [],
  chars: 0
})

/**
 * The transact loop: replays the partition, opens an epoch with a commit of its own, and from then on takes all waiting
 * commands, decides each purely, appends one commit, and answers when that is durable. One append is in flight; what comes
 * meanwhile is decided upon it, and appended and answered after it.
 */
export const openWriter = async <Request, Command, State, Event extends Fact>(
  options: WriterOptions<Request, Command, State, Event>
): Promise<Writer<Request, State, Event>> => {
  const { log, partition, spec, clock, writerId, onCommitted, mostPerCommit = MOST_COMMANDS } = options
  const { decider, codec } = spec
  const opened = await openEpoch(options)
  const { epoch } = opened
  let { state } = opened
  /** where the log stands: all of it is durable */
  let head = { ...opened.head, eventNo: opened.eventNo }
  /** the newest event that the state holds */
  let decidedNo = opened.eventNo
  let inFlight = false
  /** what this process must not go on after; what is in flight is answered before it ends */
  let fault: Error | undefined
  /** the state holds what was not stored, until it is taken from the log again */
  let isStale = false

  const queue: Array<Waiting<Request, State, Event>> = []
  let next = emptyBatch<Request, Event>()
  let running: Promise<void> | undefined
  let stopping: Error | undefined
  let stepped: Error | undefined
  let endedWith: (reason: Error) => void = () => {}
  const ended = new Promise<Error>((resolve) => (endedWith = resolve))

  const failWaiting = (reason: Error) => {
    for (const { reject } of [...next.waiting, ...queue.splice(0)]) reject(reason)
    next = emptyBatch()
  }
  const stepDown = (reason: Error) => {
    stepped ??= reason
    failWaiting(stepped)
    endedWith(stepped)
  }

  /** Decides one command against the state as it will be once the batch is appended. */
  const decide = (
    request: Request
  ): { readonly command: Command; readonly at: Time; readonly facts: ReadonlyArray<Event> } | Answer<Event> => {
    const now = clock()
    const last = spec.recordedAt(state)
    const at = now < last ? last : now // recorded time never goes back, whatever the machine's clock does
    const command = spec.gather(request, at, state)
    const decision = decider.decide(command, state)
    if (Result.isFailure(decision)) return { kind: "refused", refusal: decision.failure }
    if (decision.success.length > 0) return { command, at, facts: decision.success }
    const before = spec.answeredBefore(command, state)
    if (before === undefined) return { kind: "nothing" }
    const by = before.partition === undefined ? {} : { partition: before.partition }
    return { kind: "repeat", first: before.first, last: before.last, ...by }
  }

  /** Takes one command into the next batch. What fails before its first fact is folded is its own affair. */
  const take = (asking: Asking<Request, Event>): void => {
    let decided: ReturnType<typeof decide>
    try {
      decided = decide(asking.request)
    } catch (error) {
      return asking.reject(error as Error)
    }
    next.waiting.push(asking)
    if ("kind" in decided) {
      const answer = decided
      next.answers.push(() => asking.resolve(answer))
      return
    }
    const { command, at, facts } = decided
    const events: Array<Recorded<Event>> = []
    for (const fact of facts) {
      const event = record(fact, decidedNo + 1, at, spec.versionOf(fact.type), spec.envelopeOf(command, fact))
      const text = codec.encode(event)
      state = decider.evolve(state, event)
      decidedNo++
      next.encoded.push(text)
      next.chars += text.length
      next.recorded.push(event)
      events.push(event)
    }
    next.answers.push(() => asking.resolve({ kind: "facts", events }))
  }

  const takeWaiting = (): void => {
    while (queue.length > 0 && next.waiting.length < mostPerCommit && next.chars < MOST_CHARS) {
      const waiting = queue[0]!
      if ("look" in waiting && (inFlight || next.recorded.length > 0)) return // what it sees must be durable
      queue.shift()
      if ("look" in waiting) waiting.look(state)
      else take(waiting)
    }
  }

  /** Appends what was decided, and answers; what comes meanwhile is decided for the next. */
  const appendBatch = async () => {
    const batch = next
    next = emptyBatch()
    if (batch.encoded.length > 0) {
      const stored = sealCommit(head, partition, epoch, writerId, batch.encoded)
      try {
        inFlight = true
        await log.append(stored)
      } catch (error) {
        const reason = error instanceof Fenced ? notTheWriter(error) : (error as Error)
        for (const { reject } of batch.waiting) reject(reason)
        if (!(error instanceof LogUnavailable)) throw reason
        // what was decided upon it is decided anew
        queue.unshift(...next.waiting)
        next = emptyBatch()
        isStale = true
        return
      } finally {
        inFlight = false
      }
      head = { no: stored.no, hash: stored.hash, eventNo: head.eventNo + batch.encoded.length }
      try {
        onCommitted?.({ stored, events: batch.recorded }, state)
      } catch (error) {
        fault ??= error as Error // it is durable, whatever a listener makes of it
      }
    }
    for (const answer of batch.answers) answer()
    if (fault !== undefined) throw fault
  }

  /** After an append that stored nothing. What another writer stored since then was never seen here: it ends this one. */
  const takeStateFromLog = async () => {
    const folded = await foldOn(options, (await options.kept?.()) ?? nothingFolded(decider))
    if (folded.epoch !== epoch)
      throw new NotTheWriter(`another writer opened epoch ${folded.epoch} of partition ${partition}`)
    if (folded.head.hash !== head.hash) {
      throw new Error(
        `${log.name} holds commit ${folded.head.no} of partition ${partition}, which it said it had not stored`
      )
    }
    state = folded.state
    decidedNo = folded.eventNo
    isStale = false
  }

  const run = async () => {
    await Promise.resolve() // one read of a socket brings many commands: let them all come in
    while (queue.length + next.waiting.length > 0 && stepped === undefined) {
      try {
        if (isStale) await takeStateFromLog()
        decideWaiting()
        await appendBatch()
      } catch (error) {
        // while the log can be neither written nor read nothing is decided; the next command asks it again
        if (isStale && error instanceof LogUnavailable) failWaiting(error)
        else stepDown(error as Error)
      }
    }
    running = undefined
  }
  /** Throws for a fact that cannot be; while an append is in flight, that ends this writer after it. */
  const decideWaiting = (): void => {
    if (fault !== undefined) return
    try {
      takeWaiting()
    } catch (error) {
      fault = error as Error
    }
    if (fault !== undefined && !inFlight) throw fault
  }
  let isAsked = false
  /** One read of a socket brings many: they are decided together, which is faster than each as it comes. */
  const decideMeanwhile = (): void => {
    if (isAsked) return
    isAsked = true
    queueMicrotask(() => {
      isAsked = false
      if (inFlight) decideWaiting()
    })
  }
  const enqueue = (waiting: Waiting<Request, State, Event>) => {
    const over = stepped ?? stopping
    if (over !== undefined) return waiting.reject(over)
    queue.push(waiting)
    if (inFlight) decideMeanwhile()
    else running ??= run()
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
    head: () => head,
    waiting: () => queue.length + next.waiting.length,
    ended,
    stop: async () => {
      stopping ??= new NotTheWriter(`partition ${partition}: this writer was stopped`)
      await running
      stepDown(stopping)
    }
  }
}

const notTheWriter = (cause: Error) => new NotTheWriter(`another writer took over: ${cause.message}`)

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
