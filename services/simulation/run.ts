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

/**
 * Generated commands and venue reports against one world's decider, with its laws looked at all the way. Stops at the
 * first that breaks. If that came out at an audit, the story is told again with an audit after every step before it.
 */
export const simulate = (options: SimulationOptions): SimulationResult => {
  const { steps, auditEvery = AUDIT_EVERY } = options
  const result = tell(options, Infinity)
  if (result.broken === undefined) return result
  const { step } = result.broken
  const closer = tell({ ...options, steps: Math.min(steps, step) }, step - auditEvery)
  return closer.broken === undefined ? result : closer // what chance broke may not break again
}

/** One telling, without the second; an audit after every step past `closeAfter`. */
export const tell = (options: SimulationOptions, closeAfter: number): SimulationResult => {
  const { seed, steps, auditEvery = AUDIT_EVERY, onProgress, onTaken, decider = realDecider() } = options
  const generator = new Generator(seed)
  const world = new World(decider)
  const result = (step: number) => ({ seed, steps: step, ...world.tally, digest: world.digest() })
  for (let step = 1; step <= steps; step++) {
    const isClose = step > closeAfter
    const command = generator.next(world.state, world.last)
    try {
      world.take(command, isClose)
      if (isClose || step % auditEvery === 0 || step === steps) world.audit()
    } catch (error) {
      return { ...result(step), broken: { law: lawOf(error), step } }
    } finally {
      onTaken?.(command, world.last)
    }
    if (step % REPORTED_EVERY === 0) onProgress?.(step)
  }
  return result(steps)
}
