import type { Request } from "#domain/account/commands.ts"
import type { AccountId, ClOrdId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import type { Instructions } from "#domain/orders/instructions.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { isTrailing, PRICES } from "#domain/orders/shape.ts"
import type { OrderType, TimeInForce } from "#domain/venue/messages.ts"
import type { Draw } from "./draw.ts"

export type Submit = Extract<Request, { type: "SubmitOrder" }>
type Drawn = { -readonly [K in keyof Submit]: Submit[K] }
type Instructed = { -readonly [K in keyof Instructions]: Instructions[K] }

const LOT = parseFixed("0.1")
const HALF = parseFixed("0.5")
const TYPES: ReadonlyArray<OrderType> = [
  ...(["limit", "limit", "limit", "limit", "limit", "limit", "market", "market", "stop", "stop-limit"] as const),
  ...(["market-if-touched", "limit-if-touched", "market-to-limit", "trailing-stop", "trailing-stop-limit"] as const),
  "pegged"
]
const AT_ONCE: ReadonlyArray<TimeInForce> = ["IOC", "FOK"]
const RESTS: ReadonlyArray<TimeInForce> = ["GTC", "DAY", "GTD"]
const ANY: ReadonlyArray<TimeInForce> = ["GTC", "DAY", "IOC", "FOK", "GTD"]

const BIGGEST = parseFixed("999999999999999999")
const EDGES = ["quantity", "price", "stopPrice", "trailAmount", "limitOffset", "pegOffset"] as const

/** Draws orders of every type, and what is asked of them later. */
export class Orders {
  readonly #draw: Draw
  constructor(draw: Draw) {
    this.#draw = draw
  }

  quantity(): Quantity {
    const odd = this.#draw.below(30) === 0 ? 1_234_567n : 0n
    return (BigInt(1 + this.#draw.below(60)) * LOT + odd) as Quantity
  }

  submit(account: AccountId, symbol: Symbol, at: Time, orderType = this.#draw.one(TYPES)): Submit {
    const { price, stop } = PRICES[orderType]
    const times =
      orderType === "market" ? AT_ONCE : orderType === "market-to-limit" || orderType === "pegged" ? RESTS : ANY
    const timeInForce = this.#draw.one(times)
    const isWrong = this.#draw.below(40) === 0
    const order: Drawn = {
      type: "SubmitOrder",
      account,
      symbol,
      side: this.#draw.one(["buy", "sell", "buy"] as const),
      orderType,
      timeInForce,
      quantity: this.quantity()
    }
    if ((price === "needed") !== isWrong) order.price = this.#draw.price()
    if (stop === "needed" || (stop === "may" && this.#draw.below(3) === 0)) order.stopPrice = this.#draw.price()
    if (timeInForce === "GTD") order.expireAt = plusMicros(at, this.#draw.below(10_000_000) - 1000)
    if (order.side === "sell" && this.#draw.below(3) === 0) order.locate = "L1"
    this.#instruct(order, order)
    return this.#draw.below(120) === 0 ? { ...order, ...this.#atTheEdge(order) } : order
  }

  /** One of an order's amounts as large as what is written may be, or nearly. */
  #atTheEdge(order: Submit): Partial<Submit> {
    const edge = (BIGGEST / 10n ** BigInt(this.#draw.below(3))) * BigInt(1 + this.#draw.below(9))
    const amount = edge > BIGGEST ? BIGGEST : edge
    const names = EDGES.filter((name) => order[name] !== undefined)
    return { [this.#draw.one(names)]: amount }
  }

  #instruct({ orderType, timeInForce, quantity }: Submit, to: Instructed): void {
    if (isTrailing(orderType)) {
      const distance = 1 + this.#draw.below(12)
      if (this.#draw.below(2) === 0) to.trailAmount = (BigInt(distance) * HALF) as Price
      else to.trailPercent = (BigInt(distance) * HALF) as Rate
      if (orderType === "trailing-stop-limit") to.limitOffset = (BigInt(this.#draw.below(4)) * HALF) as Price
    } else if (PRICES[orderType].stop === "needed") {
      if (this.#draw.below(3) === 0) to.triggerBy = "local"
      if (this.#draw.below(4) === 0) to.triggerOn = this.#draw.one(["last", "bid-ask", "mark"] as const)
    }
    if (orderType === "pegged") {
      to.peg = this.#draw.one(["best", "mid"] as const)
      if (this.#draw.below(2) === 0) to.pegOffset = (BigInt(this.#draw.below(4)) * HALF) as Price
    }
    const rests = !AT_ONCE.includes(timeInForce)
    switch (this.#draw.below(20)) {
      case 0:
      case 5:
        if (orderType === "limit" && rests) to.displayQuantity = part(quantity)
        break
      case 1:
        if ((orderType === "limit" || orderType === "pegged") && rests) to.postOnly = true
        break
      case 2:
        to.allOrNone = true
        break
      case 3:
        to.minQuantity = part(quantity)
        break
      case 4:
        to.reduceOnly = true
        break
      default: // most orders have none
    }
  }

  /** A change; of an order that waits for an answer mostly one that follows what it waits for. */
  replace(order: OpenOrder): Request {
    const change = this.#draw.below(16)
    return {
      type: "ReplaceOrder",
      account: order.account,
      orderId: order.orderId,
      ...(change < 8 && { quantity: this.quantity() }),
      ...(change % 3 === 0 && { price: this.#draw.price() }),
      ...(change % 8 === 1 && { stopPrice: this.#draw.price() }),
      ...((order.displayQuantity !== undefined || (change > 12 && order.orderType === "limit")) && {
        displayQuantity: part(this.quantity())
      }),
      ...(order.cumQty >= order.quantity && { evenIfFilled: true }),
      ...this.#follows(order)
    }
  }
  cancel(order: OpenOrder): Request {
    return { type: "CancelOrder", account: order.account, orderId: order.orderId, ...this.#follows(order) }
  }
  #follows({ pending, clOrdId }: OpenOrder): { readonly origClOrdId?: ClOrdId } {
    const kind = this.#draw.below(8)
    if (kind === 0) return { origClOrdId: clOrdId }
    if (kind === 1) return {}
    const asked = pending.length > 1 && kind === 2 ? pending[0] : pending.at(-1)
    return asked === undefined ? {} : { origClOrdId: asked.clOrdId }
  }
}

const part = (quantity: Quantity): Quantity => (quantity / 3n > LOT ? (quantity / 3n / LOT) * LOT : LOT) as Quantity
