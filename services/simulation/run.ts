import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { lawOf } from "./broken-law.ts"
import { Generator } from "./generate.ts"
import { realDecider, World, type AccountDecider, type Tally } from "./world.ts"

export type SimulationOptions = {
  readonly seed: number
  readonly steps: number
  /** between two looks at the whole state; a command's answer is looked at always */
  readonly auditEvery?: number
  readonly onProgress?: (step: number) => void
  /** sees every command and what it led to, the broken one too */
  readonly onTaken?: (command: Command, events: ReadonlyArray<Recorded<AccountEvent>>) => void
  /** one with a fault planted, to see whether the laws notice */
  readonly decider?: AccountDecider
}
export type BrokenAt = { readonly law: string; readonly step: number }
export type SimulationResult = Readonly<Tally> & {
  readonly seed: number
  readonly steps: number
  /** over every event's bytes: equal for equal seeds, on any machine */
  readonly digest: string
  readonly broken?: BrokenAt
}

/** An audit costs as much as some thirty commands. */
export const AUDIT_EVERY = 500
const REPORTED_EVERY = 1000

/** How many audits are made between two of the telling before, when a story is told again. */
const CLOSER = 25

/**
 * Generated commands and venue reports against one world's decider, with its laws looked at all the way. Stops at the
 * first that breaks. If that came out at an audit, the story is told again with more audits since the last that was passed,
 * until there is one after every step.
 */
export const simulate = (options: SimulationOptions): SimulationResult => {
  let auditEvery = options.auditEvery ?? AUDIT_EVERY
  let result = tell({ ...options, auditEvery })
  while (result.broken !== undefined && auditEvery > 1) {
    const { step } = result.broken
    const passed = step - auditEvery
    auditEvery = Math.ceil(auditEvery / CLOSER)
    const closer = tell({ ...options, steps: Math.min(options.steps, step), auditEvery }, passed)
    if (closer.broken === undefined) break // what chance broke may not break again
    result = closer
  }
  return result
}

/** One telling; the audits up to `passed` are left out. */
export const tell = (options: SimulationOptions, passed = 0): SimulationResult => {
  const { seed, steps, auditEvery = AUDIT_EVERY, onProgress, onTaken, decider = realDecider() } = options
  const generator = new Generator(seed)
  const world = new World(decider)
  const result = (step: number) => ({ seed, steps: step, ...world.tally, digest: world.digest() })
  for (let step = 1; step <= steps; step++) {
    const isPassed = step <= passed
    const command = generator.next(world.state, world.last)
    try {
      world.take(command, auditEvery === 1 && !isPassed)
      if (!isPassed && (step % auditEvery === 0 || step === steps)) world.audit()
    } catch (error) {
      return { ...result(step), broken: { law: lawOf(error), step } }
    } finally {
      onTaken?.(command, world.last)
    }
    if (step % REPORTED_EVERY === 0) onProgress?.(step)
  }
  return result(steps)
}
