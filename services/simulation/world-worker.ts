import { parentPort } from "node:worker_threads"
import { simulate, type SimulationResult } from "./run.ts"
import type { OneWorld } from "./worlds.ts"

/** How far a world is, and at last what came of it. */
export type Said = { readonly step: number } | { readonly result: SimulationResult }

const say = (said: Said): void => parentPort!.postMessage(said)
parentPort!.on("message", (world: OneWorld) => {
  say({ result: simulate({ ...world, onProgress: (step) => say({ step }) }) })
})
