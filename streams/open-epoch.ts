import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { Decider } from "#domain/kernel/shapes.ts"
import { readChecked, type CheckedCommit } from "./chain.ts"
import type { Codec } from "./codec.ts"
import { eventsOf } from "./commit-events.ts"
import { EMPTY_CHAIN, sealCommit, type ChainHead } from "./commit.ts"
import { Fenced, type EventLog } from "./ports/event-log.ts"

/** A partition's state at a commit, and which that is. */
export type Folded<State> = {
  readonly state: State
  readonly head: ChainHead
  readonly eventNo: number
  readonly epoch: number
}
export const nothingFolded = <State>({ initial }: { readonly initial: () => State }): Folded<State> => ({
  state: initial(),
  head: EMPTY_CHAIN,
  eventNo: 0,
  epoch: 0
})

/** What a partition is folded by. */
type Foldable<State, Event extends Fact> = {
  readonly log: EventLog
  readonly partition: number
  readonly spec: {
    readonly decider: Pick<Decider<never, State, Event>, "initial" | "evolve">
    readonly codec: Codec<Event>
  }
}
type OnCommit<State, Event extends Fact> = (
  commit: CheckedCommit,
  events: ReadonlyArray<Recorded<Event>>,
  state: State
) => void

/** Folds what the log holds after `from`. */
export const foldOn = async <State, Event extends Fact>(
  { log, partition, spec: { decider, codec } }: Foldable<State, Event>,
  from: Folded<State>,
  onCommit?: OnCommit<State, Event>
): Promise<Folded<State>> => {
  let { state, head, eventNo, epoch } = from
  for await (const batch of readChecked(log, partition, head)) {
    for (const commit of batch) {
      const events = eventsOf(codec, commit)
      for (const event of events) state = decider.evolve(state, event)
      head = { no: commit.stored.no, hash: commit.stored.hash }
      eventNo += events.length
      epoch = commit.epoch
      onCommit?.(commit, events, state)
    }
  }
  return { state, head, eventNo, epoch }
}

/** How often an epoch is asked for while an earlier writer goes on appending. */
const MOST_TRIES = 100

/** Replays a partition and appends a commit without events: an append of an earlier writer no longer follows the head. */
export const openEpoch = async <State, Event extends Fact>(
  options: Foldable<State, Event> & {
    readonly writerId: string
    /** what is folded already: the epoch is opened sooner by whoever has followed the log */
    readonly from?: Folded<State>
    readonly onReplayed?: OnCommit<State, Event>
  }
): Promise<Folded<State>> => {
  const { log, partition, writerId, spec, from = nothingFolded(spec.decider), onReplayed } = options
  let folded = await foldOn(options, from, onReplayed)
  for (let tries = 1; ; tries++) {
    const epoch = folded.epoch + 1
    const commit = sealCommit(folded.head, partition, epoch, writerId, [])
    try {
      await log.append(commit)
      return { ...folded, epoch, head: { no: commit.no, hash: commit.hash } }
    } catch (error) {
      if (!(error instanceof Fenced) || tries === MOST_TRIES) throw error
      const before = folded.head.no
      folded = await foldOn(options, folded, onReplayed) // what was appended meanwhile comes first
      if (folded.head.no === before) throw error
    }
  }
}
