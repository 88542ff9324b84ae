import { Worker } from "node:worker_threads"
import { simulate, type SimulationResult } from "./run.ts"
import type { Said } from "./world-worker.ts"
import { realDecider } from "./world.ts"
import type { OneWorld } from "./worlds.ts"

type OnStep = (world: OneWorld, step: number) => void

/** Runs worlds in their order, several at a time. After a broken one no later world is begun; earlier ones are ended. */
export const runWorlds = async (
  worlds: ReadonlyArray<OneWorld>,
  threads: number,
  onStep: OnStep,
  decider = realDecider()
): Promise<ReadonlyArray<SimulationResult>> => {
  const results: Array<SimulationResult> = []
  let next = 0
  let isBroken = false
  const runAll = async (run: (world: OneWorld) => Promise<SimulationResult> | SimulationResult) => {
    while (next < worlds.length && !isBroken) {
      const n = next++
      results[n] = await run(worlds[n]!)
      isBroken ||= results[n].broken !== undefined
    }
  }
  if (threads === 1) await runAll((world) => simulate({ ...world, decider, onProgress: (step) => onStep(world, step) }))
  else await Promise.all(Array.from({ length: threads }, () => withWorker(onStep, runAll)))
  return results
}

/** A thread of its own for as long as there are worlds. */
const withWorker = async (
  onStep: OnStep,
  runAll: (run: (world: OneWorld) => Promise<SimulationResult>) => Promise<void>
): Promise<void> => {
  const worker = new Worker(new URL("world-worker.ts", import.meta.url))
  try {
    await runAll((world) => runIn(worker, world, onStep))
  } finally {
    await worker.terminate()
  }
}

const runIn = (worker: Worker, world: OneWorld, onStep: OnStep): Promise<SimulationResult> =>
  new Promise((resolve, reject) => {
    const hear = (said: Said) => {
      if ("step" in said) return onStep(world, said.step)
      worker.off("message", hear).off("error", reject)
      resolve(said.result)
    }
    worker.on("message", hear).on("error", reject).postMessage(world)
  })
