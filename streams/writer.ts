import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { Decider, Refusal } from "#domain/kernel/shapes.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { CheckedCommit } from "./chain.ts"
import type { Codec } from "./codec.ts"
import type { ChainHead } from "./commit.ts"
import type { Folded } from "./open-epoch.ts"
import type { EventLog, StoredCommit } from "./ports/event-log.ts"

/** What a command was answered with, once that is durable. */
export type Answer<Event extends Fact> =
  | { readonly kind: "facts"; readonly events: ReadonlyArray<Recorded<Event>> }
  /** answered before, by the events of these numbers; nothing was recorded now */
  | {
      readonly kind: "repeat"
      readonly first: number
      readonly last: number
      /** where these events are, when they are in another partition */
      readonly partition?: number
    }
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
  readonly answeredBefore: (
    command: Command,
    state: State
  ) => { first: number; last: number; partition?: number } | undefined
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
  /** what was folded before, by somebody who followed the log */
  readonly from?: Folded<State>
  /** what was folded and kept elsewhere, for when the state has to be taken from the log again */
  readonly kept?: () => Promise<Folded<State> | undefined>
  /** events already in the log, while it starts */
  readonly onReplayed?: (commit: CheckedCommit, events: ReadonlyArray<Recorded<Event>>, state: State) => void
  /** each commit as soon as it is durable, before the callers are answered */
  readonly onCommitted?: (commit: Committed<Event>, state: State) => void
  readonly mostPerCommit?: number
}
