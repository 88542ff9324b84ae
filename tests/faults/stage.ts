import type { Draw } from "#services/simulation/draw.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { WriterStory } from "./writer-story.ts"

/** Breaks something. Resolves when service may be expected again; what is left to be put in order, `heal` of the stage does. */
export type Fault = {
  /** what breaks, as the table says it */
  readonly name: string
  /** how often it is drawn among others: what costs seconds is drawn less */
  readonly weight: number
  readonly inject: (draw: Draw) => Promise<unknown>
}

/** Real processes of one's own that serve callers, and what can be done to them. */
export type Stage = AsyncDisposable & {
  readonly name: string
  readonly story: WriterStory
  /** another reader's view of the ledger */
  readonly log: EventLog
  readonly faults: ReadonlyArray<Fault>
  /** Everything as at the beginning: who is dead is started, who stands by has caught up. */
  readonly heal: () => Promise<void>
  /** The whole ledger by `trade verify`, once everything has stopped; throws what it says. */
  readonly verify: () => Promise<unknown>
}

export type StageOptions = {
  readonly seed: string
  readonly folder: string
  /** told of every process that is started */
  readonly onSpawn?: (pid: number) => void
  readonly callers: number
  readonly pauseMs: number
}
