import { afterEach, describe, expect, it } from "vitest"
import type { Symbol } from "#domain/kernel/ids.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { StaleMarket } from "#services/session/stale-market.ts"
import { MORNING, Story } from "#tests/domain/account/story.ts"
import { paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

const BTC = "BTCUSDT" as Symbol
const at = (seconds: number) => plusMicros(MORNING, seconds * 1e6)

/** Looks once a second, as the session does, and records what is asked. */
const started = () => {
  const story = Story.begun()
  const stale = new StaleMarket()
  let second = 0
  const record = (asked: ReturnType<StaleMarket["look"]>) => {
    for (const { request, id, actor } of asked)
      for (const event of story.send(request, { id, actor }).events) record(stale.committed(event))
    return asked.map(({ request }) => request)
  }
  return {
    story,
    stale,
    record,
    wait: (seconds: number) => {
      const asked = []
      for (const until = second + seconds; second < until;) asked.push(...record(stale.look(at(++second))))
      return asked
    },
    sleep: (seconds: number) => (second += seconds),
    message: (symbol = BTC) => record(stale.market(symbol, at(second)))
  }
}

describe("a market that says nothing", () => {
  it("is halted after 30 s, once, and goes on with its next message", () => {
    const { wait, message, story, stale } = started()
    wait(100) // it has never said anything
    message()
    expect(wait(29)).toEqual([])
    const since = at(100)
    expect(wait(60)).toEqual([
      { type: "Halt", scope: "firm", symbol: BTC, reason: `market data is stale: nothing of BTCUSDT since ${since}` }
    ])
    const [haltId] = [...story.state.halts.keys()]
    expect(stale.symbols).toEqual([BTC])
    expect(message()).toEqual([{ type: "Resume", haltId }])
    expect([stale.symbols, story.state.halts.size, message()]).toEqual([[], 0, []])
    expect(wait(40)).toMatchObject([{ type: "Halt" }])
  })

  it("concerns nobody else's halts, and no other symbol", () => {
    const { wait, message, story } = started()
    story.send({ type: "Halt", scope: "firm", symbol: BTC, reason: "market data is stale: a person" })
    message()
    message("ETHUSDT" as Symbol)
    for (let i = 0; i < 4; i++) {
      wait(10)
      message("ETHUSDT" as Symbol)
    }
    expect(story.state.halts.size).toBe(2)
    message()
    expect([...story.state.halts.values()].map(({ reason }) => reason)).toEqual(["market data is stale: a person"])
  })

  it("is not taken for one when the machine has slept", () => {
    const { wait, message, sleep } = started()
    wait(1)
    message()
    sleep(3600)
    expect(wait(29)).toEqual([])
    expect(wait(5)).toMatchObject([{ type: "Halt" }])
  })

  it("halted in the run before goes on with its first message now", () => {
    const { wait, message, story } = started()
    wait(1)
    message()
    wait(40)
    const restarted = story.restarted()
    const next = new StaleMarket()
    next.restore(restarted.state)
    expect(next.look(at(500))).toEqual([])
    expect(next.market(BTC, at(501))).toMatchObject([{ request: { type: "Resume" } }])
  })

  it("leaves a halt that a person lifted, and one that comes too late is lifted at once", () => {
    const { wait, message, story, stale, record } = started()
    wait(1)
    message()
    wait(40)
    const lifted = story.send({ type: "Resume", haltId: [...story.state.halts.keys()][0]! })
    lifted.events.forEach((event) => record(stale.committed(event)))
    expect([wait(40), story.state.halts.size]).toEqual([[], 0])
    message()
    const asked = Array.from({ length: 31 }, (_, i) => stale.look(at(83 + i))).flat()
    expect(asked).toHaveLength(1)
    expect(message()).toEqual([]) // the halt is still on its way
    record(asked)
    expect(story.state.halts.size).toBe(0)
  })
})

describe("the platform", () => {
  let open: PaperPlatform | undefined
  afterEach(() => open?.close())
  it("halts a symbol whose feed has stopped, shows it, and goes on when it is back", async () => {
    open = await paperPlatform({ staleAfterSeconds: 1 })
    const { engine, market } = open
    const halts = () => engine.writer.look((state) => [...state.halts.values()].map(({ reason }) => reason))
    market("100")
    await expect
      .poll(halts, { timeout: 8000 })
      .toEqual([expect.stringMatching(/^market data is stale: nothing of BTC/u)])
    expect(engine.session.stale).toEqual([BTC])
    market("100")
    await expect.poll(halts).toEqual([])
    expect(engine.session.stale).toEqual([])
  }, 15_000)
})
