import { minOf, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { BookSide } from "#domain/market/book.ts"
import type { Depth, MarketMessage, Quote } from "#domain/market/messages.ts"
import { unpark, type Desk } from "./desk.ts"
import { fillByTrade, fillCrossed } from "./fill-resting.ts"
import type { Side } from "./messages.ts"
import { pegPrice } from "./peg.ts"
import { queueFor } from "./take.ts"
import { ownSide, type VenueOrder } from "./venue-order.ts"
import { priceOf, type Watched } from "./watches.ts"
import { reached, work } from "./work.ts"

/** What a message does to the orders that wait, after the market shows it. */
export const settle = (desk: Desk, message: MarketMessage): void => {
  if (desk.waiting.size > 0 && desk.shown.isKnown) workWaiting(desk)
  if (desk.open === 0) return
  if (message.kind === "trade") {
    fillByTrade(desk, message, "buy")
    fillByTrade(desk, message, "sell")
    return wakeBy(desk, "last")
  }
  // the touch that moves pegged orders is the same that might cross them: they follow it first, and do not trade with it
  if (desk.pegs.orders.size > 0) movePegs(desk)
  if (message.kind === "quote") {
    capByQuote(desk, message, "buy")
    capByQuote(desk, message, "sell")
  } else capByDepth(desk, message)
  fillCrossed(desk)
  wakeBy(desk, "bid")
  wakeBy(desk, "ask")
  wakeBy(desk, "mark")
}

const workWaiting = (desk: Desk): void => {
  const orders = [...desk.waiting]
  desk.waiting.clear()
  for (const order of orders) work(desk, order)
}

/** A level that shrank below what stood before us: somebody ahead cancelled, or traded. */
const capTo = (order: VenueOrder, shown: Quantity): void => {
  order.queueAhead = minOf(order.queueAhead, shown)
}

const capByQuote = (desk: Desk, quote: Quote, side: Side): void => {
  const resting = desk.resting[side]
  if (resting.isEmpty) return
  const [best, size] = side === "buy" ? [quote.bid, quote.bidSize] : [quote.ask, quote.askSize]
  for (const order of resting.upTo(best)) capTo(order, order.price === best ? size : (0n as Quantity))
}

const capByDepth = (desk: Desk, depth: Depth): void => {
  for (const side of SIDES) {
    const resting = desk.resting[side]
    const book: BookSide = ownSide({ side })
    if (resting.isEmpty) continue
    const capAt = (order: VenueOrder) => capTo(order, desk.shown.quantityAt(book, order.price!))
    if (!depth.snapshot) {
      for (const [price] of side === "buy" ? depth.bids : depth.asks) resting.at(price).forEach(capAt)
      continue
    }
    const worst = desk.shown.worstKnown(book)
    if (worst !== undefined) resting.upTo(worst).forEach(capAt) // behind it nothing is known
  }
}

/** Puts pegged orders where their peg is now, behind what is there. Without a price to follow they stay. */
const movePegs = (desk: Desk): void => {
  const { pegs, resting, shown } = desk
  const [bid, ask] = [priceOf(shown, "bid"), priceOf(shown, "ask")]
  if (bid === pegs.bid && ask === pegs.ask) return
  pegs.bid = bid
  pegs.ask = ask
  for (const order of pegs.orders) {
    const price = pegPrice(order, shown)
    if (price === undefined || price === order.price) continue
    if (order.price !== undefined) resting[order.side].remove(order.price, order)
    order.price = price
    order.queueAhead = queueFor(desk, order)
    resting[order.side].add(price, order)
  }
}

/** Wakes the orders that wait for the price which something has now. */
const wakeBy = (desk: Desk, watched: Watched): void => {
  const { rising, falling } = desk.watches[watched]
  if (rising.isEmpty && falling.isEmpty) return
  const price = priceOf(desk.shown, watched)
  if (price === undefined) return
  for (const queue of [rising, falling]) {
    // a trail that was moved is at its price since then, which a restart forgets: the order of arrival it does not
    for (const order of queue.upTo(price, byArrival)) wake(desk, order, price)
  }
}

const byArrival = (a: VenueOrder, b: VenueOrder): number => a.arrivalNo - b.arrivalNo

const wake = (desk: Desk, order: VenueOrder, price: Price): void => {
  unpark(desk, order)
  reached(desk, order, price)
}

const SIDES: ReadonlyArray<Side> = ["buy", "sell"]
