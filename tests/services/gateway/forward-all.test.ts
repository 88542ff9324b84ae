import { describe, expect, it } from "vitest"
import type { Passed } from "#services/gateway/forward.ts"
import { forwardToAll } from "#services/gateway/forward-all.ts"
import type { Forwarded } from "#services/gateway/forwarded.ts"

const post = (path: string, body: object): Forwarded => ({
  method: "POST",
  path,
  headers: {},
  body: JSON.stringify(body)
})
const firm = post("/risk/halts", { scope: "firm", reason: "a test" })
const passed = (status: number, body: object): Passed => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(body)
})

/** Partitions 0, 1 and 2, of which each answers as it is told to. */
const begun = (answerOf: (partition: number) => Passed, partitions = async () => [0, 1, 2]) => {
  const asked: Array<Forwarded> = []
  const forward = forwardToAll(async (request) => {
    asked.push(request)
    return answerOf(Number(/"partition":(\d+)/u.exec(request.body ?? "")?.[1] ?? -1))
  }, partitions)
  return { forward, asked }
}
const bodyOf = (outcome: Awaited<ReturnType<ReturnType<typeof begun>["forward"]>>) =>
  "problem" in outcome ? outcome.problem : (JSON.parse(outcome.body) as unknown)

describe("what concerns every partition", () => {
  it("is asked of each, and answered in one", async () => {
    const { forward } = begun((p) =>
      passed(200, { haltId: `halt-${p}-7`, requested: p, remaining: [`${p}-1`], reason: "a test", position: `${p}:7` })
    )
    expect(bodyOf(await forward(post("/risk/kill", { scope: "firm", reason: "a test" })))).toEqual({
      haltId: "halt-0-7,halt-1-7,halt-2-7",
      requested: 3,
      remaining: ["0-1", "1-1", "2-1"],
      reason: "a test",
      position: "0:7,1:7,2:7"
    })
  })
  it("that some have recorded and others not is not called done", async () => {
    const { forward } = begun((p) => (p === 1 ? passed(503, { code: "x" }) : passed(201, { position: `${p}:7` })))
    expect(bodyOf(await forward(firm))).toMatchObject({
      status: 503,
      code: "OutcomeUnknown",
      detail: expect.stringContaining("0:7,2:7")
    })
  })
  it("that none takes is refused as they refuse it", async () => {
    const { forward } = begun(() => passed(422, { code: "UnknownField" }))
    expect(bodyOf(await forward(firm))).toEqual({ code: "UnknownField" })
  })
  it("is not asked of one alone while nobody knows which there are", async () => {
    const { forward, asked } = begun(
      () => passed(201, {}),
      () => Promise.reject(new Error("no ledger"))
    )
    expect(bodyOf(await forward(firm))).toMatchObject({ status: 503, code: "NotTheWriter" })
    expect(asked).toEqual([])
  })
  it("is lifted by each of its ids", async () => {
    const { forward, asked } = begun(() => passed(200, { haltId: "h", position: "p" }))
    await forward({ method: "DELETE", path: "/risk/halts/halt-0-7,halt-1-7", headers: {}, body: undefined })
    expect(asked.map(({ path }) => path)).toEqual(["/risk/halts/halt-0-7", "/risk/halts/halt-1-7"])
  })
})

describe("what concerns one", () => {
  it.each([
    ["a halt of an account", post("/risk/halts", { scope: "account", id: "a", reason: "a test" })],
    ["one that names its partition", post("/risk/halts", { scope: "firm", reason: "a test", partition: 2 })],
    ["an order", post("/orders", { account: "a", scope: "firm" })],
    ["what nobody understands", { ...firm, body: "{" }]
  ])("goes on as it came: %s", async (_, request) => {
    const { forward, asked } = begun(() => passed(201, {}))
    await forward(request)
    expect(asked).toEqual([request])
  })
  it("and all there is where there is one partition", async () => {
    const { forward, asked } = begun(
      () => passed(201, {}),
      async () => [0]
    )
    await forward(firm)
    expect(asked).toEqual([firm])
  })
})
