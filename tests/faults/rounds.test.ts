import { expect, inject, test } from "vitest"
import { Draw } from "#services/simulation/draw.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { clusterStage } from "./cluster-stage.ts"
import { natsStage } from "./nats-stage.ts"
import { playRounds } from "./rounds.ts"
import type { Stage, StageOptions } from "./stage.ts"
import { Tally } from "./tally.ts"

const program = inject("natsServer")
const KILLS = Number(process.env["KILLS"] ?? "3")
const seed = Math.floor(Math.random() * 2 ** 31)
const needsNats = skipWithout(program, "no nats-server program was found")

/** So many faults, each kind at most as often as it weighs; what it says at the end tells how to play them again. */
const play = async (
  open: (options: StageOptions) => Promise<Stage>,
  most: number,
  kinds: (name: string) => boolean
) => {
  using folder = tempDir("rounds")
  const tally = new Tally()
  await using stage = await open({ seed: `r${seed}`, folder: folder.path, callers: 4, pauseMs: 15 })
  const faults = stage.faults.filter(({ name }) => kinds(name)).map((fault) => ({ ...fault, weight: 1 }))
  const cheap = { ...stage, faults, [Symbol.asyncDispose]: () => Promise.resolve() }
  await playRounds({ stage: cheap, draw: new Draw(seed), tally, most, timeLeft: () => true, onRound: () => undefined })
  expect(stage.story.failures).toEqual([])
  expect(tally.sound, `seed ${seed}: ${tally.table()}`).toBe(true)
  expect(tally.faults).toBe(most)
  expect(tally.all().every(({ answered }) => answered > 0)).toBe(true)
}

test(
  "bad lines, clocks that jump, a second writer and a nats-server that dies: every answer holds",
  { timeout: 60_000 + KILLS * 60_000, ...needsNats },
  () => play(natsStage, 2 * KILLS, (name) => /line|clock|second writer|nats-server kill -9$/u.test(name))
)

test(
  "three servers: their leader, a minority, all of them killed: every answer holds",
  {
    timeout: 60_000 + KILLS * 60_000,
    ...(KILLS < 6 ? skipWithout(undefined, "an election takes 5 s and more: KILLS=6 or higher") : needsNats)
  },
  () => play(clusterStage, Math.ceil(KILLS / 2), (name) => /three|minority/u.test(name))
)
