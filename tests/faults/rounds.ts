import { setTimeout as sleep } from "node:timers/promises"
import type { Draw } from "#services/simulation/draw.ts"
import type { Fault, Stage } from "./stage.ts"
import type { Tally } from "./tally.ts"

export type RoundsOptions = {
  readonly stage: Stage
  readonly draw: Draw
  readonly tally: Tally
  readonly most: number
  readonly timeLeft: () => boolean
  readonly onRound: (fault: string, outageMs: number) => void
}

/** Breaks one thing after the other, heals, and counts after each; at the end the whole ledger is verified. */
export const playRounds = async ({ stage, draw, tally, most, timeLeft, onRound }: RoundsOptions): Promise<void> => {
  const deck: Array<Fault> = []
  const before = { answered: 0, lost: 0, twice: 0, outOfOrder: 0, refused: 0, refusedThenDone: 0 }
  for (let round = 0; round < most && timeLeft(); round++) {
    draw.nextStep()
    if (deck.length === 0) deck.push(...shuffled(stage.faults, draw))
    const { name, inject } = deck.pop()!
    await sleep(draw.below(200))
    const row = tally.row(stage.name, name)
    row.faults++
    try {
      const outageMs = await stage.story.gapDuring(async () => void (await inject(draw)))
      row.outagesMs.push(outageMs)
      onRound(name, outageMs)
      await stage.heal()
      const now = await stage.story.count(stage.log)
      for (const key of Object.keys(before) as Array<keyof typeof before>) {
        row[key] += now[key] - before[key]
        before[key] = now[key]
      }
    } catch (error) {
      throw new Error(`${stage.name}, ${name}: ${(error as Error).message}`, { cause: error })
    }
  }
  await stage.verify()
}

/** Every kind as often as it weighs, in an order that chance gives. */
const shuffled = (faults: ReadonlyArray<Fault>, draw: Draw): Array<Fault> => {
  const all = faults.flatMap((fault) => Array.from({ length: fault.weight }, () => fault))
  for (let i = all.length - 1; i > 0; i--) {
    const j = draw.below(i + 1)
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}
