import { afterEach, expect, it } from "vitest"
import type { ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import type { NewOrder, OrderBody, ReplaceOrder } from "#services/contract/orders.ts"
import type { Answer } from "#services/http/answer.ts"
import { META, paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

let one: PaperPlatform
afterEach(() => one?.close())

const bodyOf = (answer: Answer<OrderBody>): OrderBody => {
  if ("problem" in answer) throw new Error(answer.problem.detail)
  return answer.body
}
const failed = ({ risk }: OrderBody): ReadonlyArray<string> =>
  risk.checks.flatMap(({ code, passed }) => (passed ? [] : [code]))

it("a replace that risk denies tells why, each time; the order keeps the decision that allowed it", async () => {
  one = await paperPlatform()
  one.market("100")
  const terms = { symbol: "BTCUSDT", side: "buy", type: "limit", quantity: parseFixed("1"), price: parseFixed("99") }
  const order = bodyOf(await one.oms.submit({ account: "demo", ...terms } as unknown as NewOrder, META))
  const id = order.orderId as OrderId
  const replace = async (clOrdId: string, price: string) =>
    bodyOf(await one.oms.replace(id, { clOrdId: clOrdId as ClOrdId, price: parseFixed(price) } as ReplaceOrder, META))

  for (const _ of ["asked", "asked again"]) {
    const refused = await replace("r1", "500")
    expect(refused).toMatchObject({ price: "99", risk: { decision: "denied" } })
    expect(failed(refused)).toEqual(["PRICE_COLLAR"])
    const now = bodyOf(await one.oms.order(id, {}, META))
    expect(now).toMatchObject({ price: "99", risk: { decision: "approved" } })
    expect(failed(now)).toEqual([])
  }
  const taken = await replace("r2", "98")
  expect(taken).toMatchObject({ status: "PendingReplace", risk: { decision: "approved" } })
  expect(taken).not.toHaveProperty("reason")
})
