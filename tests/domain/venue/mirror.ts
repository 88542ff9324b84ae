// The same story for a buy and for a sale: told for a buy, and for a sale with all prices mirrored around 100.
import type { MarketMessage } from "#domain/market/messages.ts"
import type { VenueRequest } from "#domain/venue/messages.ts"
import type { PaperVenue, PaperVenueOptions } from "#domain/venue/paper-venue.ts"
import * as made from "#tests/domain/market/made.ts"
import { order, replaceBy, short, step, venueOf, type Terms } from "./at-venue.ts"

type Level = readonly [price: number, size: string | number]
type Side = "buy" | "sell"
type Input = MarketMessage | VenueRequest

/** How one side sees it: `own` is where the order rests, `other` what it takes. */
const mirrored = (side: Side) => {
  const isBuy = side === "buy"
  const p = (price: number) => (isBuy ? price : Number((200 - price).toFixed(6)))
  const level = ([price, size]: Level) => [p(price), size] as const
  const prices = ({ price, stop, ...rest }: PlainTerms) => ({
    ...rest,
    ...(price !== undefined && { price: p(price) }),
    ...(stop !== undefined && { stop: p(stop) })
  })
  const told = (from: ReadonlyArray<string>) =>
    from.map((text) => text.replaceAll(/(@|stop |limit )(-?[\d.]+)/gu, (_, at, price) => `${at}${p(Number(price))}`))
  return {
    side,
    p,
    quote: (no: number, own: Level, other: Level) =>
      isBuy ? made.quote(no, level(own), level(other)) : made.quote(no, level(other), level(own)),
    depth: (no: number, own: ReadonlyArray<Level>, other: ReadonlyArray<Level>) =>
      isBuy ? made.depth(no, own.map(level), other.map(level)) : made.depth(no, other.map(level), own.map(level)),
    /** somebody trades against our side (`at` us), or against the other one */
    trade: (no: number, against: "own" | "other", [price, size]: Level) =>
      made.trade(no, (against === "own") === isBuy ? "sell" : "buy", [p(price), size]),
    order: (id: number, micros: number, size: string | number, terms: PlainTerms) =>
      order(id, micros, side, size, prices(terms)),
    replace: (id: number, micros: number, size: string | number, terms: PlainTerms = {}) =>
      replaceBy(id, micros, size, prices(terms)),
    told,
    /** a venue that has seen some, and what it says in short, told as for a buy */
    opened: (inputs: ReadonlyArray<Input>, options: Partial<PaperVenueOptions> = {}) => {
      const venue: PaperVenue = venueOf(options)
      for (const input of inputs) step(venue, input)
      return { venue, see: (input: Input) => told(short(step(venue, input))) }
    }
  }
}
type PlainTerms = Omit<Terms, "price" | "stop"> & { readonly price?: number; readonly stop?: number }

export const bothSides: ReadonlyArray<readonly [Side, ReturnType<typeof mirrored>]> = [
  ["buy", mirrored("buy")],
  ["sell", mirrored("sell")]
]
