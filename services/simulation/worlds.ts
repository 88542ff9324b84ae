import { createHash } from "node:crypto"
import { availableParallelism } from "node:os"
import { chanceOf } from "#domain/kernel/chance.ts"
import type { BrokenAt, SimulationResult } from "./run.ts"
import { runWorlds } from "./threads.ts"
import type { AccountDecider, Tally } from "./world.ts"

/** A long run is many worlds that know nothing of each other: each is bounded, and every core has its own. */
export const WORLD_STEPS = 10_000

/** `seed` is the world's own, drawn from the run's. */
export type OneWorld = { readonly world: number; readonly seed: number; readonly steps: number }

export type RunOptions = {
  readonly seed: number
  readonly steps: number
  /** only this world, `steps` of it */
  readonly world?: number | undefined
  /** what comes out does not depend on it */
  readonly threads?: number
  /** of each world: {@link WORLD_STEPS} */
  readonly worldSteps?: number
  /** one with a fault planted; a thread cannot be given one, so all worlds run on this one */
  readonly decider?: AccountDecider | undefined
  readonly onProgress?: (steps: number) => void
}
export type RunResult = Readonly<Tally> & {
  readonly seed: number
  readonly steps: number
  readonly worlds: number
  /** over the digests of all worlds, in their order */
  readonly digest: string
  readonly broken?: Broken
}
/** The first world that broke a law: its own seed, and the step at which it did. */
export type Broken = OneWorld & BrokenAt

export const worldsOf = ({ seed, steps, world, worldSteps = WORLD_STEPS }: RunOptions): ReadonlyArray<OneWorld> => {
  if (world !== undefined) return [{ world, seed: chanceOf("world", seed, world), steps }]
  return Array.from({ length: Math.ceil(steps / worldSteps) }, (_, n) => ({
    world: n,
    seed: chanceOf("world", seed, n),
    steps: Math.min(worldSteps, steps - n * worldSteps)
  }))
}

/** Runs all worlds of a seed, and stops at the first that breaks a law. */
export const simulateWorlds = async (options: RunOptions): Promise<RunResult> => {
  const worlds = worldsOf(options)
  const { onProgress, decider } = options
  const threads = decider === undefined ? (options.threads ?? availableParallelism()) : 1
  const steps = new Map<number, number>()
  let all = 0
  const onStep = ({ world }: OneWorld, step: number) => {
    all += step - (steps.get(world) ?? 0)
    steps.set(world, step)
    onProgress?.(all)
  }
  const results = await runWorlds(worlds, Math.min(threads, worlds.length), onStep, decider)
  const n = results.findIndex(({ broken }) => broken !== undefined)
  const counted = n < 0 ? results : results.slice(0, n + 1) // a later world may have run as well
  const broken = n < 0 ? undefined : { ...worlds[n]!, ...results[n]!.broken! }
  return { seed: options.seed, worlds: counted.length, ...summed(counted), ...(broken !== undefined && { broken }) }
}

const summed = (results: ReadonlyArray<SimulationResult>) => {
  const hash = createHash("sha256")
  const total = { steps: 0, events: 0, facts: 0, repeats: 0, refusals: {}, eventTypes: {} }
  for (const result of results) {
    hash.update(result.digest)
    for (const name of ["steps", "events", "facts", "repeats"] as const) total[name] += result[name]
    addCounts(total.refusals, result.refusals)
    addCounts(total.eventTypes, result.eventTypes)
  }
  return { ...total, digest: hash.digest("hex") }
}
const addCounts = (to: Record<string, number>, from: Readonly<Record<string, number>>): void => {
  for (const [name, count] of Object.entries(from)) to[name] = (to[name] ?? 0) + count
}
