import { shortestHistory } from "#services/simulation/shrink.ts"
import type { Telling } from "#services/simulation/script.ts"
import { told } from "#services/simulation/told.ts"
import { simulateWorlds, WORLD_STEPS, type Broken, type RunResult } from "#services/simulation/worlds.ts"
import type { AccountDecider } from "#services/simulation/world.ts"
import { count } from "./progress.ts"
import { wholeOption } from "./play.ts"
import type { Outcome } from "./tools.ts"
import type { Verb } from "./usage.ts"

/** Generated commands and venue reports against the decider, or one with a fault, with its laws looked at all the way. */
export const simulateWith = (decider?: AccountDecider): Verb => ({
  words: "",
  about: `Draws commands and venue reports from a seed, lets the decider decide them, and checks its laws: a repeat
changes nothing, a request stands beside its risk decision, every unit sums to zero, reserved money and units are those
of the open orders, a replay from the stored bytes gives the same state. A run is cut into worlds of ${count(WORLD_STEPS)} commands,
which share the cores; the digest does not depend on how many there are. Stops at the first world that breaks a law, and
shows the shortest history found that breaks the same.`,
  options: {
    seed: { value: "N", help: "the same seed gives the same story and digest (drawn from the clock without it)" },
    steps: { value: "N", help: "how many commands (20000)" },
    world: { value: "N", help: `only this world, and --steps of it (${WORLD_STEPS})` }
  },
  examples: ["simulate --seed 7 --steps 1000000", "simulate --seed 7 --world 3"],
  run: async (said, tools) => {
    const seed = wholeOption(said, "seed", Date.now() % 1_000_000_000)
    const world = said.text("world") === undefined ? undefined : wholeOption(said, "world", 0)
    const steps = wholeOption(said, "steps", world === undefined ? 20_000 : WORLD_STEPS)
    const progress = tools.progress(`seed ${seed}`)
    const began = performance.now()
    const onProgress = (done: number) => progress.at(done, steps)
    const result = await simulateWorlds({ seed, steps, world, onProgress, decider })
    progress.end()
    const seconds = (performance.now() - began) / 1000
    if (result.broken !== undefined) {
      tools.say(`seed ${seed}: a law is broken in world ${result.broken.world}; looking for the shortest history`)
      return failure(result, result.broken, seconds, shortestHistory(result.broken, decider))
    }
    return {
      ok: true,
      json: { ok: true, seconds, ...result },
      text: `seed ${seed}: ${count(steps)} commands in ${count(result.worlds)} worlds, ${count(result.events)} events, every law holds (${seconds.toFixed(1)} s)\ndigest ${result.digest}`
    }
  }
})
export const simulate = simulateWith()

const failure = (result: RunResult, broken: Broken, seconds: number, shortest: Telling | undefined): Outcome => {
  const history = shortest === undefined ? [] : told(shortest)
  const again = `simulate --seed ${result.seed} --world ${broken.world} --steps ${broken.step}`
  const commands = shortest?.lines.map(({ command }) => command) ?? []
  return {
    ok: false,
    json: {
      ok: false,
      seconds,
      ...result,
      broken: { ...broken, again, history, commands: JSON.parse(show(commands)) }
    },
    text: [
      `seed ${result.seed}, world ${broken.world}: broken at step ${broken.step}: ${broken.law}`,
      ...(shortest === undefined
        ? ["It does not break again: a decision depends on chance, or on something outside."]
        : [`The shortest history that breaks it (${history.length} commands):`, ...history, shortest.broken!.law]),
      `Again: npm run trade -- ${again}`
    ].join("\n")
  }
}

const show = (value: unknown): string => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : v))
