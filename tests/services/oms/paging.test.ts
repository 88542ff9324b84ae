import { afterEach, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import type { NewOrder } from "#services/contract/orders.ts"
import { META, paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

let one: PaperPlatform
afterEach(() => one?.close())

it("a list of orders goes on after one that was in it, and says when it cannot", async () => {
  one = await paperPlatform()
  one.market("100")
  const terms = { account: "demo", symbol: "BTCUSDT", side: "buy", type: "limit", quantity: parseFixed("1") }
  for (const price of ["90", "91"])
    await one.oms.submit({ ...terms, price: parseFixed(price) } as unknown as NewOrder, META)
  const page = async (after?: string) => {
    const answer = await one.oms.orders({ status: "open", limit: 1, ...(after !== undefined && { after }) }, META)
    if ("problem" in answer) throw new Error(answer.problem.detail)
    return answer.body
  }
  const first = await page()
  const second = await page(first.next)
  expect([...first.items, ...second.items].map(({ price }) => price)).toEqual(["90", "91"])
  expect(second).not.toHaveProperty("next")
  for (const status of ["open", "all"] as const)
    for (const after of ["abc", "0-99999", "7-8"])
      expect(await one.oms.orders({ status, after }, META)).toMatchObject({
        problem: { status: 422, code: "UnknownAfter", errors: [{ field: "after" }] }
      })
})
