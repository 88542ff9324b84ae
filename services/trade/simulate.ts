import { simulate as run } from "#services/simulation/run.ts"
import { count } from "./progress.ts"
import { wholeOption } from "./play.ts"
import type { Verb } from "./usage.ts"

/** Generated commands and venue reports against the decider, with its laws looked at all the way. */
export const simulate: Verb = {
  words: "",
  about: `Draws commands and venue reports from a seed, lets the decider decide them, and checks its laws: a repeat
changes nothing, a request stands beside its risk decision, every unit sums to zero, reserved money and units are those
of the open orders, a replay from the stored bytes gives the same state. Stops at the first that breaks.`,
  options: {
    seed: { value: "N", help: "the same seed gives the same story and digest (drawn from the clock without it)" },
    steps: { value: "N", help: "how many commands (20000)" }
  },
  examples: ["simulate --seed 7 --steps 100000"],
  run: async (said, tools) => {
    const seed = wholeOption(said, "seed", Date.now() % 1_000_000_000)
    const steps = wholeOption(said, "steps", 20_000)
    const progress = tools.progress(`seed ${seed}`)
    const began = performance.now()
    const result = run({ seed, steps, onProgress: (step) => progress.at(step, steps) })
    progress.end()
    const seconds = (performance.now() - began) / 1000
    const ok = result.broken === undefined
    const { broken } = result
    const text = ok
      ? `seed ${seed}: ${count(steps)} commands, ${count(result.events)} events, every law holds (${seconds.toFixed(1)} s)\ndigest ${result.digest}`
      : `seed ${seed}: broken at step ${broken!.step}: ${broken!.law}\n${broken!.command}\nAgain: npm run trade -- simulate --seed ${seed} --steps ${broken!.step}`
    return { ok, json: { ok, seconds, ...result }, text }
  }
}
