import { AccountId, type ClOrdId, type OrderId } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import type { AccountBody } from "#services/contract/accounts.ts"
import type { NewOrder, OrderBody } from "#services/contract/orders.ts"
import { created, type Meta, ok, refused } from "#services/http/answer.ts"
import type { Oms } from "#services/oms/contract.ts"

const AT = "2026-01-02T03:04:05.000000000Z"

const accountBody = (account: string, owner: string, group: string): AccountBody => ({
  account,
  owner,
  group,
  type: "cash",
  currency: "USDT",
  balances: [{ currency: "USDT", total: "1000000", reserved: "0", available: "1000000" }],
  positions: [],
  limits: {},
  halts: [],
  openedAt: AT,
  position: "0:1"
})

const orderBody = (input: NewOrder, orderId: string): OrderBody => ({
  orderId: orderId as OrderId,
  clOrdId: input.clOrdId ?? "made-by-the-server",
  account: input.account,
  symbol: input.symbol,
  side: input.side,
  type: input.type,
  timeInForce: input.timeInForce ?? (input.type === "market" ? "IOC" : "GTC"),
  quantity: formatFixed(input.quantity),
  ...(input.price === undefined ? undefined : { price: formatFixed(input.price) }),
  ...(input.stopPrice === undefined ? undefined : { stopPrice: formatFixed(input.stopPrice) }),
  ...(input.expireAt === undefined ? undefined : { expireAt: input.expireAt }),
  status: "PendingNew",
  cumQty: "0",
  leavesQty: formatFixed(input.quantity),
  avgPx: "0",
  risk: { decision: "approved", checks: [] },
  fills: [],
  createdAt: AT,
  updatedAt: AT,
  position: "0:2"
})

/** An oms that keeps orders in a list, for what the routes do around it. `asked` is what it was asked, in order. */
export const fakeOms = (): Oms & { readonly asked: Array<{ what: string; input: unknown; meta: Meta }> } => {
  const asked: Array<{ what: string; input: unknown; meta: Meta }> = []
  const orders = new Map<string, { readonly input: NewOrder; readonly body: OrderBody }>()
  const noted = (what: string, input: unknown, meta: Meta) => void asked.push({ what, input, meta })
  const known = (id: OrderId) => {
    const order = orders.get(id)
    return order === undefined ? refused(404, "UnknownOrder", `There is no order ${id}`) : ok(order.body)
  }
  const moved =
    (kind: "deposit" | "withdrawal") =>
    async (account: AccountId, input: Parameters<Oms["deposit"]>[1], meta: Meta) => {
      noted(kind, { account, ...input }, meta)
      const amount = formatFixed(input.amount)
      const balance = { currency: input.currency, total: amount, reserved: "0", available: amount }
      return created({
        account,
        kind,
        currency: input.currency,
        amount,
        clOrdId: "c",
        effectiveAt: AT,
        recordedAt: AT,
        balance,
        position: "0:3"
      })
    }
  return {
    asked,
    openAccount: async (input, meta) => {
      noted("openAccount", input, meta)
      return created(accountBody(input.account, input.owner, input.group ?? input.owner))
    },
    accounts: async (query, meta) => {
      noted("accounts", query, meta)
      return ok({ items: [accountBody("a", "o", "o")] })
    },
    account: async (account, query, meta) => {
      noted("account", query, meta)
      return account === "a"
        ? ok(accountBody("a", "o", "o"))
        : refused(404, "UnknownAccount", `There is no account ${account}`)
    },
    deposit: moved("deposit"),
    withdraw: moved("withdrawal"),
    transfer: async (account, input, meta) => {
      noted("transfer", { account, ...input }, meta)
      return refused(422, "UnknownAccount", "there are no transfers here")
    },
    postEntry: async (account, input, meta) => {
      noted("postEntry", { account, ...input }, meta)
      return refused(422, "NothingHeld", "there are no entries here")
    },
    submitGroup: async () => refused(422, "InvalidGroup", "there are no groups here"),
    submit: async (input, meta) => {
      noted("submit", input, meta)
      if (input.account === AccountId.make("nobody"))
        return refused(422, "UnknownAccount", "There is no account nobody")
      if (input.account === AccountId.make("broken")) throw new Error("secret innards at line 42")
      if (input.account === AccountId.make("standby"))
        return refused(503, "NotTheWriter", "Ask again", { retryAfterSeconds: 2 })
      const before = [...orders.values()].find(({ body }) => body.clOrdId === (input.clOrdId as ClOrdId | undefined))
      if (before !== undefined) {
        const same = before.input.quantity === input.quantity && before.input.price === input.price
        return same ? ok(before.body) : refused(409, "ClOrdIdReused", "Sent before with other content")
      }
      const body = orderBody(input, `0-${orders.size + 1}`)
      orders.set(body.orderId, { input, body })
      return created(body)
    },
    order: async (id) => known(id),
    orders: async (query, meta) => {
      noted("orders", query, meta)
      return ok({ items: [...orders.values()].map(({ body }) => body) })
    },
    replace: async (id, input, meta) => {
      noted("replace", input, meta)
      return known(id)
    },
    cancel: async (id, input, meta) => {
      noted("cancel", input, meta)
      return known(id)
    },
    cancelAll: async (input, meta) => {
      noted("cancelAll", input, meta)
      return ok({ requested: [...orders.values()].map(({ body }) => body.orderId) })
    }
  }
}
