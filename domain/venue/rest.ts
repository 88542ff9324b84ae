import { downTo, minOf, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { BookSide } from "#domain/market/book.ts"
import type { Depth, MarketMessage, Quote, Trade } from "#domain/market/messages.ts"
import { fill, unpark, type Desk } from "./desk.ts"
import type { Side } from "./messages.ts"
import { piecesFor, sumOf, trigger, work } from "./take.ts"
import { leavesOf, otherSide, ownSide, type VenueOrder } from "./venue-order.ts"

/** What a message does to the orders that wait, after the market shows it. */
export const settle = (desk: Desk, message: MarketMessage): void => {
  if (desk.waiting.size > 0 && desk.shown.isKnown) workWaiting(desk)
  if (desk.open === 0) return
  switch (message.kind) {
    case "quote":
      capByQuote(desk, message, "buy")
      capByQuote(desk, message, "sell")
      return fillCrossed(desk)
    case "depth":
      capByDepth(desk, message)
      return fillCrossed(desk)
    case "trade":
      fillByTrade(desk, message, "buy")
      fillByTrade(desk, message, "sell")
      return triggerStops(desk, message.price)
  }
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

/**
 * The other side is shown at or through our price: whoever offers there would have met us first, so we trade at our
 * price, as the maker, with what is shown.
 */
const fillCrossed = (desk: Desk): void => {
  for (const side of SIDES) {
    const resting = desk.resting[side]
    const best = resting.isEmpty ? undefined : desk.shown.best(otherSide({ side }))?.[0]
    if (best === undefined) continue
    for (const order of resting.upTo(best)) {
      const pieces = piecesFor(desk, order)
      const quantity = sumOf(pieces)
      if (quantity === 0n) break // orders behind it could have no more
      for (const piece of pieces) desk.shown.take(otherSide(order), piece.price, piece.quantity)
      order.queueAhead = 0n as Quantity
      fillResting(desk, order, quantity)
    }
  }
}

/**
 * A trade beyond our price would have come to us first: it fills us. A trade at our price by the other side works off
 * the queue before us and then fills us; of the traded quantity nothing is had twice.
 */
const fillByTrade = (desk: Desk, trade: Trade, side: Side): void => {
  const resting = desk.resting[side]
  if (resting.isEmpty) return
  let available: bigint = trade.quantity
  for (const order of resting.upTo(trade.price)) {
    if (order.price !== trade.price) {
      order.queueAhead = 0n as Quantity
      fillResting(desk, order, leavesOf(order))
      continue
    }
    if (trade.aggressor === side) return // they took from the other side
    const before = minOf<bigint>(order.queueAhead, available)
    order.queueAhead = (order.queueAhead - before) as Quantity
    const quantity = downTo(minOf(available - before, leavesOf(order)), order.instrument.lot)
    if (quantity > 0n) fillResting(desk, order, quantity)
    available -= quantity
  }
}

const fillResting = (desk: Desk, order: VenueOrder, quantity: bigint): void => {
  if (quantity === leavesOf(order)) unpark(desk, order)
  fill(desk, order, quantity, order.price!, "maker")
}

const triggerStops = (desk: Desk, last: Price): void => {
  for (const side of SIDES) {
    if (desk.stops[side].isEmpty) continue
    for (const order of desk.stops[side].upTo(last)) {
      unpark(desk, order)
      trigger(desk, order)
    }
  }
}

const SIDES: ReadonlyArray<Side> = ["buy", "sell"]
