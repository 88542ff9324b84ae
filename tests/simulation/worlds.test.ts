import { describe, expect, it } from "vitest"
import { simulateWorlds } from "#services/simulation/worlds.ts"
import { simulateWith } from "#services/trade/simulate.ts"
import type { Tools } from "#services/trade/tools.ts"
import { FAULTS } from "./planted-faults.ts"

const worldSteps = 2_500
const steps = worldSteps + 400 // a second world, cut short

describe("a run of several worlds", () => {
  it("gives the same on one thread and on two", async () => {
    let done = 0
    const onProgress = (steps: number) => void (done = steps)
    const alone = await simulateWorlds({ seed: 3, steps, worldSteps, threads: 1 })
    const shared = await simulateWorlds({ seed: 3, steps, worldSteps, threads: 2, onProgress })
    expect(alone.broken).toBeUndefined()
    expect(alone).toMatchObject({ seed: 3, steps, worlds: 2 })
    expect(shared).toEqual(alone)
    expect(done).toBeGreaterThan(worldSteps / 2)
  }, 60_000)

  it("has a story of its own for each world, which can be told alone", async () => {
    const [first, second, again] = await Promise.all(
      [0, 1, 1].map((world) => simulateWorlds({ seed: 3, steps: 400, world }))
    )
    expect(second!.digest).not.toBe(first!.digest)
    expect(second).toEqual(again)
  })
})

/** What the command line prints when the decider has a fault. */
const broken = async (fault: string) => {
  const remarks: Array<string> = []
  const tools = {
    progress: () => ({ at: () => {}, end: () => {} }),
    say: (text: string) => void remarks.push(text)
  } as Partial<Tools> as Tools
  const options: Record<string, string> = { seed: "3", steps: "2000" }
  const said = { words: [], text: (name: string) => options[name], has: () => false }
  return { ...(await simulateWith(FAULTS[fault]!).run(said, tools)), remarks }
}

describe("a broken law", () => {
  it("is told with its seed, its world and the shortest history", async () => {
    const { ok, text, json, remarks } = await broken("a fill is forgotten in CumQty")
    expect(ok).toBe(false)
    expect(remarks).toHaveLength(1)
    const lines = text.split("\n")
    expect(lines[0]).toMatch(/^seed 3, world 0: broken at step \d+: .*CumQty/u)
    expect(lines[1]).toBe("The shortest history that breaks it (5 commands):")
    expect(lines[5]).toMatch(/^4\. c\d+-* \+[\d.]+s SubmitOrder account=.* -> OrderPlaced, OrderRiskDecided$/u)
    expect(lines[6]).toMatch(/^5\. X\d+ \+[\d.]+s Trade .*orderId=#4 .*-> OrderFilled$/u)
    expect(lines[7]).toMatch(/CumQty/u)
    expect(lines[8]).toMatch(/^Again: npm run trade -- simulate --seed 3 --world 0 --steps \d+$/u)
    const again = { again: lines[8]!.replace("Again: npm run trade -- ", ""), history: lines.slice(2, 7) }
    expect(json).toMatchObject({ ok: false, broken: { world: 0, ...again } })
    expect((json as { broken: { commands: ReadonlyArray<unknown> } }).broken.commands).toHaveLength(5)
  })

  it("that chance broke is said to be one", async () => {
    const { ok, text } = await broken("a decision depends on chance")
    expect(ok).toBe(false)
    expect(text).toContain("SubmitOrder") // it breaks again, by its own chance
  })
})
