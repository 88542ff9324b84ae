import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { Decider } from "#domain/kernel/shapes.ts"
import { type CheckedCommit, followChecked } from "./chain.ts"
import type { Codec } from "./codec.ts"
import { eventsOf } from "./commit-events.ts"
import { foldOn, type Folded, nothingFolded } from "./open-epoch.ts"
import type { EventLog } from "./ports/event-log.ts"

/** A partition that is folded as it grows, by somebody who may have to write it. */
export type Standby<State> = {
  /** resolves when what the log held at the start is folded; rejects with what keeps it from being */
  readonly ready: Promise<void>
  /** rejects when what comes later cannot be folded; never resolves */
  readonly failed: Promise<never>
  readonly folded: () => Folded<State>
  /** Ends following; what is folded then is handed out once, to whoever goes on from there. */
  readonly stop: () => Promise<Folded<State>>
}

export const standBy = <State, Event extends Fact>(options: {
  readonly log: EventLog
  readonly partition: number
  readonly spec: {
    readonly decider: Pick<Decider<never, State, Event>, "initial" | "evolve">
    readonly codec: Codec<Event>
  }
  readonly onCommit?: (commit: CheckedCommit, events: ReadonlyArray<Recorded<Event>>, state: State) => void
  /** what is folded already, where somebody kept it */
  readonly from?: () => Promise<Folded<State> | undefined>
}): Standby<State> => {
  const { log, partition, spec, onCommit, from } = options
  const stopping = new AbortController()
  let folded: Folded<State> = nothingFolded(spec.decider)
  const begin = async () => {
    folded = (await from?.()) ?? folded
    folded = await foldOn(options, folded, onCommit)
  }
  const ready = begin()
  const follow = async () => {
    await ready
    for await (const batch of followChecked(log, partition, folded.head, stopping.signal)) {
      for (const commit of batch) {
        if (stopping.signal.aborted) return
        const events = eventsOf(spec.codec, commit)
        let { state } = folded
        for (const event of events) state = spec.decider.evolve(state, event)
        const { no, hash } = commit.stored
        folded = { state, head: { no, hash }, eventNo: folded.eventNo + events.length, epoch: commit.epoch }
        onCommit?.(commit, events, state)
      }
    }
  }
  const following = follow()
  const failed = following.then(() => new Promise<never>(() => {}))
  for (const promise of [ready, failed]) promise.catch(() => {}) // whoever waits for them is told
  return {
    ready,
    failed,
    folded: () => folded,
    stop: async () => {
      stopping.abort()
      await following
      return folded
    }
  }
}
