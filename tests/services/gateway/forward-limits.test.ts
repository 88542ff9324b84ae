import { describe, expect, it } from "vitest"
import { plusMicros } from "#domain/kernel/time.ts"
import { MORNING } from "#tests/domain/account/story.ts"
import { begun, NOTHING } from "./limit-desks.ts"

describe("limits of the firm through a gateway", () => {
  it("are divided among the partitions, the same where nothing adds up, and answered as a whole with its parts", async () => {
    const { put, get } = await begun()
    const limits = { maxPosition: "100", maxOpenOrders: 8, collarPercent: "5", restricted: ["BTCUSDT", "ETHUSDT"] }
    const answer = await put(limits)
    const same = { collarPercent: "5", restricted: ["BTCUSDT", "ETHUSDT"] }
    expect(answer).toEqual({
      status: 200,
      scope: "firm",
      id: "firm",
      limits,
      position: "0:2,1:2,2:2",
      parts: {
        0: { limits: { ...same, maxPosition: "33.33333334", maxOpenOrders: 3 }, position: "0:2", used: NOTHING },
        1: { limits: { ...same, maxPosition: "33.33333333", maxOpenOrders: 3 }, position: "1:2", used: NOTHING },
        2: { limits: { ...same, maxPosition: "33.33333333", maxOpenOrders: 2 }, position: "2:2", used: NOTHING }
      }
    })
    expect(await get()).toEqual(answer)
    expect(await put({ maxOpenOrders: null })).toMatchObject({ limits: { maxPosition: "100" } })
    expect((await get())["limits"]).not.toHaveProperty("maxOpenOrders")
  })

  it("are divided as the request says, and what is lowered is recorded everywhere before anything is raised", async () => {
    const { put, written } = await begun()
    await put({ maxPosition: "10", maxDailyLoss: "300" }, { parts: { 0: "0.5", 1: "0.3", 2: "0.2" } })
    written.length = 0
    const who = { proposedBy: "desk", approvedBy: "risk", reason: "the week" }
    const moved = await put(
      { maxPosition: "10", maxDailyLoss: 600 },
      { parts: { 0: "0.1", 1: "0.3", 2: "0.6" }, ...who }
    )
    expect(moved).toMatchObject({ status: 200, limits: { maxPosition: "10", maxDailyLoss: "600" } })
    expect(
      written.map(({ partition, limits }) => [partition, limits]).toSorted(([a], [b]) => Number(a) - Number(b))
    ).toEqual([
      [0, { maxPosition: "1", maxDailyLoss: "60" }],
      [1, { maxDailyLoss: "180" }],
      [2, { maxPosition: "6", maxDailyLoss: "360" }]
    ])
    expect(written[0]).toMatchObject({ partition: 0, ...who })
  })

  it("of a symbol too, and for later", async () => {
    const { put, get } = await begun()
    const effectiveFrom = plusMicros(MORNING, 3_600_000_000)
    await put({ maxOpenNotional: "90" }, { scope: "symbol", id: "BTCUSDT" })
    await put({ maxOpenNotional: "60" }, { scope: "symbol", id: "BTCUSDT", effectiveFrom })
    expect(await get("/risk/limits/symbol/BTCUSDT")).toMatchObject({
      limits: { maxOpenNotional: "90" },
      waiting: [{ effectiveFrom, limits: { maxOpenNotional: "60" } }],
      parts: {
        2: { limits: { maxOpenNotional: "30" }, waiting: [{ effectiveFrom, limits: { maxOpenNotional: "20" } }] }
      }
    })
    expect(await put({ maxOpenOrders: 9 }, { scope: "symbol", id: "XYZ" })).toMatchObject({
      status: 422,
      code: "UnknownSymbol"
    })
  })

  it("go one change after another", async () => {
    const { put, get } = await begun()
    const answers = await Promise.all([9, 30, 12].map((maxOpenOrders) => put({ maxOpenOrders })))
    expect(answers.map((answer) => answer["limits"])).toEqual([9, 30, 12].map((maxOpenOrders) => ({ maxOpenOrders })))
    expect(await get()).toMatchObject({ limits: { maxOpenOrders: 12 } })
  })
})

describe("what is not of all", () => {
  it.each([
    ["PUT", "/risk/limits", { scope: "firm", id: "firm", limits: { maxOpenOrders: 5 }, reason: "one", partition: 1 }],
    ["GET", "/risk/limits/firm/firm?partition=1", undefined]
  ])("goes on as it came: %s %s", async (method, path, body) => {
    const { told, all } = await begun()
    expect(await told({ method, path, body: JSON.stringify(body) })).not.toHaveProperty("parts")
    expect(all[0]!.eventNo()).toBe(1)
  })
  it("and all there is where there is one partition, which has no parts", async () => {
    const { put } = await begun(() => [0])
    expect(await put({ maxOpenOrders: 5 })).toMatchObject({
      status: 200,
      limits: { maxOpenOrders: 5 },
      position: "0:2"
    })
    expect(await put({ maxOpenOrders: 5 }, { parts: { 0: "1" } })).toMatchObject({ status: 422, code: "OnePartition" })
  })
})
