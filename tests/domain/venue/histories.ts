// Random histories: orders of every kind against a simulated market, over a moment where a session ends and one begins.
import fc from "fast-check"
import { chanceOf } from "#domain/kernel/chance.ts"
import type { ClOrdId } from "#domain/kernel/ids.ts"
import { formatFixed, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import { PriceBoard } from "#domain/market/board.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import { simulatedMarket } from "#domain/market/simulator.ts"
import type { VenueReport, VenueRequest } from "#domain/venue/messages.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import type { PaperVenue } from "#domain/venue/paper-venue.ts"
import type { NewOrder } from "#domain/venue/venue-order.ts"
import { at, BTC, depth, quote, trade } from "#tests/domain/market/made.ts"
import { cancel, order, Recorded, replaceBy, venueOf } from "./at-venue.ts"

/** Something asked between two messages; prices in hundredths of a unit from the middle of the market. */
const askOf = (size: Size) =>
  fc.record({
    after: fc.integer({ min: 1, max: 600 }),
    micros: fc.integer({ min: 0, max: 60_000 }),
    what: fc.constantFrom(
      ...([
        "limit",
        "limit",
        "limit",
        "market",
        "stop",
        "stop-limit",
        "cancel",
        "replace",
        "replace",
        "replace"
      ] as const),
      ...(["market-if-touched", "limit-if-touched", "market-to-limit"] as const),
      ...(["trailing-stop", "trailing-stop-limit", "pegged", "pegged"] as const)
    ),
    tif: fc.constantFrom(...(["GTC", "GTC", "GTC", "GTC", "IOC", "FOK", "DAY", "GTD", "OPG", "CLS"] as const)),
    side: fc.constantFrom("buy", "sell"),
    lots: fc.integer({ min: 1, max: size.lots }),
    away: fc.integer({ min: -size.away, max: size.away }),
    stop: fc.integer({ min: -2 * size.away, max: 2 * size.away }),
    which: fc.integer({ min: 0, max: 40 }),
    triggerOn: fc.constantFrom(...(["last", "bid-ask", "mark"] as const)),
    trail: fc.integer({ min: 1, max: size.away }),
    byPercent: fc.boolean(),
    offset: fc.integer({ min: 0, max: Math.ceil(size.away / 8) }),
    peg: fc.constantFrom(...(["best", "mid"] as const)),
    with: fc.constantFrom(
      ...(["nothing", "nothing", "postOnly", "allOrNone", "minQuantity", "displayQuantity"] as const)
    ),
    partLots: fc.integer({ min: 1, max: Math.ceil(size.lots / 3) })
  })
type Size = { readonly lots: number; readonly away: number }
type Ask = ReturnType<typeof askOf> extends fc.Arbitrary<infer T> ? T : never
/** Restarts come before the last second: what is sent again waits for a market, and one must follow. */
export const history = fc.record({
  seed: fc.nat(),
  crowded: fc.constant(false),
  asks: fc.array(askOf({ lots: 300_000, away: 400 }), { maxLength: 40 }),
  restarts: fc.uniqueArray(fc.integer({ min: 1, max: 590 }), { maxLength: 3 })
})
/** Many small orders at few prices, in a market of few prices and small sizes: they meet all the time. */
export const crowd = fc.record({
  seed: fc.nat(),
  crowded: fc.constant(true),
  asks: fc.array(askOf({ lots: 12, away: 8 }), { minLength: 5, maxLength: 80, size: "max" }),
  restarts: fc.uniqueArray(fc.integer({ min: 1, max: 590 }), { maxLength: 3 })
})
type History = { readonly seed: number; readonly crowded: boolean; readonly asks: ReadonlyArray<Ask> }
export const latencies = { latencyMicros: 7_000, jitterMicros: 30_000, reportLatencyMicros: 12_000 }

/** At 12:01 a session ends and the next one begins: ten seconds after the market does. */
const session = { timeZone: "UTC", opens: "12:01", closes: "12:01", days: [1, 2, 3, 4, 5, 6, 7] }
const instruments = () => ({ ...defaultInstruments[0]!, session })
const BEGINS = 50_000_000

const moment = (i: number) => at(BEGINS + i * 33_333)

/** The market of 20 seconds, of one symbol: message n of it has number n. */
export const marketOf = ({ seed, crowded }: History): ReadonlyArray<MarketMessage> => {
  if (crowded) return crowdedMarket(seed)
  const market = simulatedMarket(seed)
  return Array.from({ length: 600 }, (_, i) => ({ ...market.message(i * 3 + 1, moment(i)), no: i + 1 }))
}

const ROTA = ["quote", "trade", "depth", "trade"] as const

/** The touch takes small steps to and fro; trades are at it or a little through it. */
const crowdedMarket = (seed: number): ReadonlyArray<MarketMessage> => {
  let bid = 10_000
  let ask = 10_001
  return Array.from({ length: 600 }, (_, i) => {
    const no = i + 1
    const roll = (key: string, sides: number) => chanceOf(seed, no, key) % sides
    const cents = (count: number) => formatFixed(BigInt(count) * 1_000_000n)
    const lots = (key: string) => formatFixed(BigInt(roll(key, 9) + 1) * 1000n)
    const now = { at: moment(i) }
    const kind = ROTA[i % ROTA.length]!
    if (kind === "trade") {
      const isSale = roll("side", 2) === 0
      const through = roll("through", 3) - 1
      const price = cents(isSale ? bid - through : ask + through)
      return { ...trade(no, isSale ? "sell" : "buy", [price, lots("size")]), ...now }
    }
    bid += roll("step", 5) - 2
    ask = bid + 1 + roll("spread", 3)
    if (kind === "quote") return { ...quote(no, [cents(bid), lots("bid")], [cents(ask), lots("ask")]), ...now }
    const levels = [0, 1, 2, 3]
    const bids = levels.map((level) => [cents(bid - level), lots(`bid${level}`)] as const)
    const asks = levels.map((level) => [cents(ask + level), lots(`ask${level}`)] as const)
    return { ...depth(no, bids, asks), ...now }
  })
}

const requestOf = (one: Ask, id: number, now: Time, middle: bigint): VenueRequest => {
  const micros = (new Date(now).getTime() - new Date(at(0)).getTime()) * 1000 + one.micros
  const priceAt = (cents: number) => formatFixed((middle - (middle % 1_000_000n) + BigInt(cents) * 1_000_000n) as Price)
  const size = formatFixed(BigInt(one.lots) * 1000n)
  const known = one.which % Math.max(1, id)
  const expireAt = plusMicros(now, 2_000_000)
  const cents = (count: number) => (BigInt(count) * 1_000_000n) as Price
  const part = (BigInt(one.partLots) * 1000n) as Quantity
  const tif = one.tif === "GTD" ? "GTC" : one.tif
  const instructions = {
    ...(one.with === "postOnly" && { postOnly: true }),
    ...(one.with === "allOrNone" && { allOrNone: true }),
    ...(one.with === "minQuantity" && { minQuantity: part }),
    ...(one.with === "displayQuantity" && { displayQuantity: part })
  }
  switch (one.what) {
    case "cancel":
      return { ...cancel(known, micros), clOrdId: `c-${id}` as ClOrdId }
    case "replace": {
      const terms = {
        ...(one.away % 2 === 0 && { price: priceAt(one.away) }),
        ...(one.away % 3 === 0 && { stop: priceAt(one.stop) }),
        ...(one.away % 5 === 0 && { displayQuantity: part })
      }
      return { ...replaceBy(known, micros, size, terms), clOrdId: `r-${id}` as ClOrdId }
    }
    case "market":
    case "market-to-limit": {
      const own = one.what === "market" && tif !== "OPG" && tif !== "CLS" ? "IOC" : tif
      const type = { type: one.what, tif: own, price: priceAt(one.side === "buy" ? 500 : -500) } as const
      return order(id, micros, one.side, size, { ...type, ...instructions })
    }
    case "limit":
      return order(id, micros, one.side, size, {
        tif: one.tif,
        price: priceAt(one.away),
        ...instructions,
        ...(one.tif === "GTD" && { expireAt })
      })
    case "pegged": {
      const peg = { peg: one.peg, pegOffset: cents(one.offset), price: priceAt(one.away) }
      return order(id, micros, one.side, size, { type: "pegged", ...peg, ...instructions })
    }
    case "trailing-stop":
    case "trailing-stop-limit": {
      const trail = one.byPercent
        ? { trailPercent: cents(one.trail) as bigint as Rate }
        : { trailAmount: cents(one.trail) }
      return order(id, micros, one.side, size, {
        type: one.what,
        ...trail,
        triggerOn: one.triggerOn,
        ...(one.what === "trailing-stop-limit" && { limitOffset: cents(one.offset) }),
        ...(one.which % 2 === 0 && { stop: priceAt(one.stop) }),
        ...instructions
      })
    }
    default: {
      const protection = one.side === "buy" ? one.stop + 500 : one.stop - 500
      const isMarket = one.what === "stop" || one.what === "market-if-touched"
      return order(id, micros, one.side, size, {
        type: one.what,
        tif,
        triggerOn: one.triggerOn,
        price: priceAt(isMarket ? protection : one.away),
        stop: priceAt(one.stop),
        ...instructions
      })
    }
  }
}

export type Run = {
  readonly reports: ReadonlyArray<VenueReport>
  readonly requests: ReadonlyMap<string, NewOrder>
  readonly recorded: Recorded
  readonly venue: PaperVenue
}
type Play = { readonly restarts?: ReadonlyArray<number>; readonly polls?: boolean }

/** Plays a history: with restarts after some messages, and the venue asked at every moment that it names. */
export const play = (one: History, { restarts = [], polls = false }: Play = {}): Run => {
  const { seed, asks } = one
  const recorded = new Recorded()
  const reports: Array<VenueReport> = []
  const requests = new Map<string, NewOrder>()
  const unanswered = new Map<string, VenueRequest>()
  const board = new PriceBoard()
  let venue = venueOf({ seed, instruments, ...latencies })
  let count = 0
  const listen = (now: Time) => {
    for (const report of venue.due(now)) {
      reports.push(report)
      recorded.record(report)
      if (report.clOrdId !== undefined) unanswered.delete(report.clOrdId)
    }
  }
  const send = (request: VenueRequest) => {
    unanswered.set(request.clOrdId, request)
    recorded.sent(request)
    if (request.type === "NewOrder") requests.set(request.orderId, request)
    venue.request(request)
  }
  for (const message of marketOf(one)) {
    if (polls)
      for (let due = venue.nextDue(); due !== undefined && due <= message.at; due = venue.nextDue()) listen(due)
    else listen(message.at)
    board.evolve(message)
    venue.market(message)
    if (restarts.includes(message.no)) {
      venue = venueOf({ seed, instruments, ...latencies })
      for (const kept of recorded.open.values()) venue.restore(kept)
      for (const request of unanswered.values()) venue.resend({ ...request, at: message.at })
    }
    for (const asked of asks.filter(({ after }) => after === message.no)) {
      const { bid, ask: best } = board.quoteOf(BTC)!
      send(requestOf(asked, count++, message.at, (bid + best) / 2n))
    }
    if (polls) listen(message.at)
  }
  const end = at(BEGINS + 30_000_000)
  listen(end)
  for (const { request } of recorded.open.values()) send({ ...cancel(Number(request.orderId.slice(2)), 0), at: end })
  listen(plusMicros(end, 10_000_000))
  return { reports, requests, recorded, venue }
}
