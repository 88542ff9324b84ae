import { parseFixed, formatFixed } from "#domain/kernel/money.ts"
import type { Platform } from "#tests/support/platform.ts"

type Answered = { readonly orderId: string; readonly status: string; readonly clOrdId: string }
type OrderBody = Answered & {
  readonly side: "buy" | "sell"
  readonly fills: ReadonlyArray<{ execId: string; quantity: string; price: string; fee: string }>
}
const OMS = 8099
const PNL = 8100
export const ACCOUNT = "test_account"

const json = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, {
    ...init,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(20_000)
  })
  return { status: response.status, body: await response.json() }
}

/** What clients sent and what they were answered, over any number of platforms that were killed in between. */
export class KillStory {
  readonly answered = new Map<string, Answered>()
  readonly unanswered = new Set<string>()
  #n = 0
  readonly #seed: string
  constructor(seed: string) {
    this.#seed = seed
  }

  order(clOrdId: string): Record<string, unknown> {
    // derived from the id, so that a repeat says the same
    const n = Number(clOrdId.slice(clOrdId.lastIndexOf("-") + 1))
    const side = n % 3 === 0 ? "sell" : "buy"
    const quantity = `0.00${1 + (n % 9)}`
    const kind = n % 4
    const limit = kind === 1 ? { type: "limit", price: side === "buy" ? "44000" : "46000" } : { type: "market" }
    const crossing =
      kind === 2 ? { type: "limit", price: side === "buy" ? "47000" : "43000", timeInForce: "IOC" } : limit
    return { account: ACCOUNT, symbol: "BTCUSDT", side, quantity, clOrdId, ...crossing }
  }

  /** Sends orders from several clients until the platform is gone, or until `stop` says so. */
  async load(platform: Platform, clients: number, stop: () => boolean = () => false): Promise<void> {
    const client = async () => {
      while (!stop()) {
        const clOrdId = `${this.#seed}-${++this.#n}`
        this.unanswered.add(clOrdId)
        try {
          const { status, body } = await json(platform.url(OMS, "/orders"), {
            method: "POST",
            body: JSON.stringify(this.order(clOrdId))
          })
          if (status === 503) continue // it may have been recorded: repeated later
          if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
          this.answered.set(clOrdId, body as Answered)
          this.unanswered.delete(clOrdId)
        } catch (error) {
          if ((error as Error).message.startsWith("4")) throw error
          return
        }
      }
    }
    await Promise.all(Array.from({ length: clients }, client))
  }

  /** Everything that must hold on a platform that was started again. Throws with what does not. */
  async check(platform: Platform): Promise<{ readonly orders: number; readonly repeated: number }> {
    const repeated = await this.#repeatUnanswered(platform)
    const orders = await allOrders(platform)
    const byClOrdId = new Map(orders.map((order) => [order.clOrdId, order]))
    if (byClOrdId.size !== orders.length) throw new Error("an order is there twice")
    for (const [clOrdId, { orderId }] of this.answered) {
      const found = byClOrdId.get(clOrdId)
      if (found === undefined) throw new Error(`order ${clOrdId} was answered and is not there`)
      if (found.orderId !== orderId)
        throw new Error(`order ${clOrdId} was answered as ${orderId} and is ${found.orderId}`)
    }
    await recount(platform, orders)
    return { orders: orders.length, repeated }
  }

  /** A client that got no answer sends the same order again: it must be there once, whatever happened the first time. */
  async #repeatUnanswered(platform: Platform): Promise<number> {
    let repeated = 0
    for (const clOrdId of this.unanswered) {
      const { status, body } = await json(platform.url(OMS, "/orders"), {
        method: "POST",
        body: JSON.stringify(this.order(clOrdId))
      })
      if (status !== 200 && status !== 201) throw new Error(`a repeat of ${clOrdId}: ${status} ${JSON.stringify(body)}`)
      if (status === 200) repeated++
      this.answered.set(clOrdId, body as Answered)
    }
    this.unanswered.clear()
    return repeated
  }

  /** An order that rested through the kill is cancelled as if nothing had happened. */
  async cancelOneOpen(platform: Platform): Promise<string | undefined> {
    const { body } = await json(platform.url(OMS, `/orders?account=${ACCOUNT}&status=open&limit=1`))
    const [order] = (body as { items: ReadonlyArray<OrderBody> }).items
    if (order === undefined) return undefined
    await json(platform.url(OMS, `/orders/${order.orderId}`), { method: "DELETE" })
    for (let waited = 0; waited < 5000; waited += 50) {
      const now = await json(platform.url(OMS, `/orders/${order.orderId}`))
      const { status } = now.body as Answered
      if (status !== "PendingCancel" && status !== "New" && status !== "PartiallyFilled") return status
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`open order ${order.orderId} does not work on`)
  }
}

/** Cash and holding from the fills alone, against what the account, and the P&L, say. */
const recount = async (platform: Platform, orders: ReadonlyArray<OrderBody>): Promise<void> => {
  for (let tries = 0; ; tries++) {
    // fills go on while we count: once the three agree on one moment they must agree on the amounts
    const before = await json(platform.url(OMS, `/accounts/${ACCOUNT}`))
    const seen = tries === 0 ? orders : await allOrders(platform)
    const after = await json(platform.url(OMS, `/accounts/${ACCOUNT}`))
    const moved = JSON.stringify(bare(before.body)) !== JSON.stringify(bare(after.body))
    const fills = new Map<string, bigint>()
    let cash = parseFixed("1000000")
    let held = 0n
    for (const order of seen) {
      for (const fill of order.fills) {
        if (fills.has(fill.execId)) throw new Error(`execution ${fill.execId} counts twice`)
        fills.set(fill.execId, 1n)
        const sign = order.side === "buy" ? 1n : -1n
        cash -= (sign * parseFixed(fill.quantity) * parseFixed(fill.price)) / 100_000_000n + parseFixed(fill.fee)
        held += sign * parseFixed(fill.quantity)
      }
    }
    const account = after.body as { balances: Array<{ total: string }>; positions: Array<{ quantity: string }> }
    const shown = { cash: account.balances[0]!.total, held: account.positions[0]?.quantity ?? "0" }
    const counted = { cash: formatFixed(cash), held: formatFixed(held) }
    if (!moved && JSON.stringify(shown) === JSON.stringify(counted)) {
      const { body } = await json(platform.url(PNL, `/pnl/realtime?account=${ACCOUNT}`))
      if ((body as { cash: string }).cash !== counted.cash && tries > 3)
        throw new Error(`P&L says ${JSON.stringify(body)}, counted ${JSON.stringify(counted)}`)
      return
    }
    if (tries > 20) throw new Error(`the account says ${JSON.stringify(shown)}, its fills ${JSON.stringify(counted)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const bare = (account: unknown) => {
  const { balances, positions } = account as { balances: unknown; positions: unknown }
  return { balances, positions }
}

const allOrders = async (platform: Platform): Promise<ReadonlyArray<OrderBody>> => {
  const all: Array<OrderBody> = []
  let tries = 0
  for (let after = ""; ;) {
    const query = `account=${ACCOUNT}&status=all&limit=1000${after === "" ? "" : `&after=${after}`}`
    const { status, body } = await json(platform.url(OMS, `/orders?${query}`))
    if (status === 503 && tries++ < 20) continue // the view is still behind: said, and asked again
    if (status !== 200)
      throw new Error(`orders: ${status} ${JSON.stringify(body)}, the platform said: ${platform.output().slice(-2000)}`)
    const page = body as { items: ReadonlyArray<OrderBody>; next?: string }
    all.push(...page.items)
    if (page.next === undefined) return all
    after = page.next
  }
}
