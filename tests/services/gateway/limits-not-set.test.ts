import { describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import { begun } from "./limit-desks.ts"

describe("limits of the firm that a gateway cannot set in every partition", () => {
  it.each([
    ["Indivisible", "limits.maxOpenOrders", { maxOpenOrders: 2 }, {}],
    ["OutOfRange", "limits.maxDailyLoss", { maxDailyLoss: "0" }, {}],
    ["OutOfRange", undefined, { maxOrderNotional: "0" }, {}],
    ["ImpossibleValue", "parts", { maxOpenOrders: 9 }, { parts: { 0: "0.5", 1: "0.5" } }],
    ["ImpossibleValue", "parts", { maxOpenOrders: 9 }, { parts: { 0: "0.5", 1: "0.5", 2: "0.1" } }],
    ["ImpossibleValue", "parts", { collarPercent: "5" }, { parts: { 0: "0.5", 1: "0.5", 2: "0" } }],
    ["UndecodableRequest", "parts.first", { maxOpenOrders: 9 }, { parts: { first: "1" } }],
    ["UndecodableRequest", "limits.maxPosition", { maxPosition: "many" }, {}]
  ])("%s %s: nothing of it is recorded", async (code, field, limits, more) => {
    const { put, recorded } = await begun()
    const answer = await put(limits, more)
    expect(answer["code"]).toBe(code)
    if (field !== undefined) expect(answer["errors"]).toMatchObject([{ field }])
    expect(recorded()).toEqual([1, 1, 1])
  })

  it("that some have recorded and others not are not called done; the same again finishes it", async () => {
    const { put, get, state, recorded } = await begun()
    await put({ maxPosition: "9" }, { parts: { 0: "0", 1: "0.5", 2: "0.5" } })
    state.isAway = ({ partition: no, limits }) => limits !== undefined && no === 2
    const shifted = () => put({ maxPosition: "9" }, { parts: { 0: "0.8", 1: "0.1", 2: "0.1" } })
    const partly = await shifted()
    expect(partly).toMatchObject({ status: 503, code: "OutcomeUnknown", detail: expect.stringContaining("at 1:3,") })
    // what one would get more was not sent, since another has not given it back
    expect(recorded()).toEqual([2, 3, 2])
    expect(await get()).toMatchObject({ limits: { maxPosition: "5.4" } })
    state.isAway = () => false
    expect(await shifted()).toMatchObject({ status: 200, limits: { maxPosition: "9" } })
    expect(recorded()).toEqual([3, 3, 3])
    expect(await shifted()).toMatchObject({ status: 200 })
    expect(recorded()).toEqual([3, 3, 3])
  })

  it("are lowered where they can be and raised nowhere while one cannot be asked what it has", async () => {
    const { put, state, recorded } = await begun()
    state.isAway = ({ partition: no }) => no === 1
    const partly = { status: 503, code: "OutcomeUnknown", detail: expect.stringContaining("at 0:2,2:2,") }
    expect(await put({ maxPosition: "9" })).toMatchObject(partly)
    expect(recorded()).toEqual([2, 1, 2])
    const nothing = { status: 503, code: "NotTheWriter", detail: expect.stringContaining("nothing was recorded") }
    expect(await put({ maxPosition: "12" })).toMatchObject(nothing)
    expect(recorded()).toEqual([2, 1, 2])
    state.isAway = () => false
    expect(await put({ maxPosition: "12" })).toMatchObject({ status: 200, limits: { maxPosition: "12" } })
    expect(recorded()).toEqual([3, 2, 3])
  })

  it("are not raised in one while another uses more than its new part, since nothing is undone", async () => {
    const { all, put, get, recorded } = await begun()
    await put({ maxOpenOrders: 9 })
    const ids = { account: "A", owner: "o", group: "G", accountType: "cash", currency: "USDT" }
    await all[0]!.run({ type: "OpenAccount", ...ids })
    await all[0]!.run({ type: "Deposit", account: "A", currency: "USDT", amount: parseFixed("10000") })
    const placed = {
      clOrdId: "one",
      account: "A",
      symbol: "BTCUSDT",
      side: "buy",
      orderType: "limit",
      timeInForce: "GTC"
    }
    const terms = { quantity: parseFixed("1"), price: parseFixed("100") }
    await all[0]!.run({ type: "SubmitOrder", ...placed, ...terms })
    await all[0]!.run({ type: "SubmitOrder", ...placed, ...terms })
    expect(await get()).toMatchObject({ parts: { 0: { used: { maxOpenOrders: 2, maxOpenNotional: "200" } } } })
    expect(await get("/risk/limits/symbol/BTCUSDT")).toMatchObject({ parts: { 0: { used: { maxOpenOrders: 2 } } } })
    const before = recorded()
    const away = () => put({ maxOpenOrders: 9 }, { parts: { 0: "0", 1: "0.6", 2: "0.4" } })
    expect(await away()).toMatchObject({ status: 409, code: "PartInUse", errors: [{ field: "limits.maxOpenOrders" }] })
    expect(recorded()).toEqual([before[0]! + 1, before[1], before[2]])
    expect(await get()).toMatchObject({ limits: { maxOpenOrders: 6 }, parts: { 0: { limits: { maxOpenOrders: 0 } } } })
    // what is left of the whole may go to the others
    expect(await put({ maxOpenOrders: 9 }, { parts: { 0: "0", 1: "0.5", 2: "0.25" } })).toMatchObject({ status: 200 })
    expect(await put({ maxOpenOrders: 9 }, { parts: { 0: "0.25", 1: "0.5", 2: "0.25" } })).toMatchObject({
      status: 200
    })
  })

  it("that one partition refuses say which, and where they are recorded", async () => {
    const { all, put, recorded } = await begun()
    await put({ maxOpenNotional: "900" })
    const ids = { account: "A", owner: "o", group: "G", accountType: "cash", currency: "USDT" }
    await all[1]!.run({ type: "OpenAccount", ...ids })
    const allotted = { group: "G", limit: "maxOpenNotional", amount: parseFixed("200"), reason: "a test" }
    await all[1]!.run({ type: "AllotLimit", ...allotted })
    const answer = await put({ maxOpenNotional: "300" })
    expect(answer).toMatchObject({ status: 409, code: "BelowAllotted", errors: [{ field: "maxOpenNotional" }] })
    expect(answer["detail"]).toMatch(/^partition 1: 200 of maxOpenNotional .* \(it is recorded at 0:3,2:3, /)
    expect(recorded()[1]).toBe(4)
  })

  it("that somebody else has set at the same moment are told apart", async () => {
    const { all, put, state } = await begun()
    state.meanwhile = async () => {
      state.meanwhile = async () => {}
      await all[2]!.run({
        type: "SetLimits",
        scope: "firm",
        scopeId: "firm",
        changes: { maxOpenOrders: 7 },
        reason: "x"
      })
      state.meanwhile = async () =>
        void (await all[2]!.run({
          type: "SetLimits",
          scope: "firm",
          scopeId: "firm",
          changes: { maxOpenOrders: 5 },
          reason: "x"
        }))
    }
    expect(await put({ maxOpenOrders: 9 })).toMatchObject({ status: 409, code: "LimitsChanged" })
  })

  it("are asked for again when a partition was added meanwhile", async () => {
    let looks = 0
    const { put } = await begun(() => (looks++ === 0 ? [0, 1] : [0, 1, 2]))
    expect(await put({ maxOpenOrders: 9 })).toMatchObject({ status: 503, code: "OutcomeUnknown" })
    expect(await put({ maxOpenOrders: 9 })).toMatchObject({
      status: 200,
      parts: { 2: { limits: { maxOpenOrders: 3 } } }
    })
  })

  it("and nothing is asked while nobody knows which there are", async () => {
    const { put, recorded } = await begun(() => {
      throw new Error("no ledger")
    })
    expect(await put({ maxOpenOrders: 5 })).toMatchObject({ status: 503, code: "NotTheWriter" })
    expect(recorded()).toEqual([1, 1, 1])
  })
})
