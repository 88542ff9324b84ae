// A gateway's limits of the firm over the real desks of three partitions, each of which may be out of reach.
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { SetLimits } from "#services/contract/limits.ts"
import { sender } from "#services/desk/send.ts"
import type { Forward } from "#services/gateway/forward-all.ts"
import { forwardLimits } from "#services/gateway/forward-limits.ts"
import { type Forwarded, pathOf } from "#services/gateway/forwarded.ts"
import { type Answer, refused } from "#services/http/answer.ts"
import { decoder } from "#services/http/decode.ts"
import { makeRiskDesk } from "#services/risk/desk.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { instrument, MORNING } from "#tests/domain/account/story.ts"

const META = { actor: "test", requestId: "r" }
const decode = decoder(SetLimits)
const away = refused(503, "NotTheWriter", "nobody writes it")

const partition = async (no: number) => {
  const clock = () => MORNING
  const market = { clock, seen: () => undefined }
  const log = memoryLog()
  const writer = await openAccountWriter({ log, partition: no, writerId: "w", ...market })
  const send = sender(writer, log, clock)
  const desk = makeRiskDesk(writer, send, market)
  const run = async (request: object) => {
    const outcome = await send(request as Request, undefined, META)
    if ("problem" in outcome) throw new Error(outcome.problem.detail)
    return outcome.events
  }
  await run({ type: "AdoptInstrument", instrument: instrument() })
  return { desk, run, firm: () => writer.look(({ firm }) => firm), eventNo: () => writer.head().eventNo }
}

type Asked = { readonly partition: number; readonly limits?: Record<string, unknown>; readonly reason?: string }
const begun = async (partitions: () => ReadonlyArray<number> = () => [0, 1, 2]) => {
  const all = await Promise.all([0, 1, 2].map(partition))
  /** what was sent to be written, in its order */
  const written: Array<Asked> = []
  const state = { isAway: (_asked: Asked): boolean => false, meanwhile: async () => {} }
  const answerOf = async (request: Forwarded): Promise<Answer<unknown>> => {
    const { pathname, searchParams } = pathOf(request)
    const [, scope, id] = /^\/risk\/limits\/(\w+)\/(\w+)$/u.exec(pathname) ?? []
    if (request.method === "GET" && scope !== undefined) {
      const no = Number(searchParams.get("partition"))
      if (state.isAway({ partition: no })) return away
      return all[no]!.desk.level({ scope: scope as "firm", id: id!, partition: no }, META)
    }
    const asked = JSON.parse(request.body!) as Asked
    if (state.isAway(asked)) return away
    written.push(asked)
    const decoded = decode(asked)
    const answer = Result.isFailure(decoded)
      ? { problem: decoded.failure }
      : await all[asked.partition ?? 0]!.desk.setLimits(decoded.success, META)
    await state.meanwhile()
    return answer
  }
  const contentType = "application/json"
  // what a writer refuses comes as its answer, what nobody takes as a problem of the way
  const next: Forward = async (request) => {
    const answer = await answerOf(request)
    if (answer === away) return away
    if (!("problem" in answer)) return { status: answer.status, contentType, body: JSON.stringify(answer.body) }
    return { status: answer.problem.status, contentType, body: JSON.stringify(answer.problem) }
  }
  const forward = forwardLimits(next, async () => partitions())
  const told = async (request: Pick<Forwarded, "method" | "path" | "body">) => {
    const outcome = await forward({ ...request, headers: {} })
    if ("problem" in outcome) return { ...outcome.problem } as Record<string, unknown>
    return { status: outcome.status, ...(JSON.parse(outcome.body) as object) } as Record<string, unknown>
  }
  const put = (limits: object, more: object = {}) =>
    told({
      method: "PUT",
      path: "/risk/limits",
      body: JSON.stringify({ scope: "firm", id: "firm", limits, reason: "a test", ...more })
    })
  const get = (path = "/risk/limits/firm/firm") => told({ method: "GET", path, body: undefined })
  const recorded = () => all.map(({ eventNo }) => eventNo())
  return { all, put, get, told, state, written, recorded }
}

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
        0: { limits: { ...same, maxPosition: "33.33333334", maxOpenOrders: 3 }, position: "0:2" },
        1: { limits: { ...same, maxPosition: "33.33333333", maxOpenOrders: 3 }, position: "1:2" },
        2: { limits: { ...same, maxPosition: "33.33333333", maxOpenOrders: 2 }, position: "2:2" }
      }
    })
    expect(await get()).toEqual(answer)
    expect(await put({ maxOpenOrders: null })).toMatchObject({ limits: { maxPosition: "100" } })
    expect(JSON.stringify(await get())).not.toContain("maxOpenOrders")
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

  it("are set in none while one cannot be asked what it has", async () => {
    const { put, state, recorded } = await begun()
    state.isAway = ({ partition: no, limits }) => limits === undefined && no === 1
    expect(await put({ maxPosition: "9" })).toMatchObject({ status: 503, code: "NotTheWriter" })
    expect(recorded()).toEqual([1, 1, 1])
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
  it("and nothing is asked while nobody knows which there are", async () => {
    const { put, recorded } = await begun(() => {
      throw new Error("no ledger")
    })
    expect(await put({ maxOpenOrders: 5 })).toMatchObject({ status: 503, code: "NotTheWriter" })
    expect(recorded()).toEqual([1, 1, 1])
  })
})
