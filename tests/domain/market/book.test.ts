import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import { PriceBoard } from "#domain/market/board.ts"
import { PriceBook, type BookSide } from "#domain/market/book.ts"
import type { Level } from "#domain/market/messages.ts"
import { at, BTC, depth, price, quantity, quote, trade } from "./made.ts"

const level = (prices: number): fc.Arbitrary<Level> =>
  fc
    .tuple(fc.integer({ min: 1, max: prices }), fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })))
    .map(([p, q]): Level => [BigInt(p) as Price, BigInt(q) as Quantity])
const change = (prices: number) => {
  const list = fc.uniqueArray(level(prices), { maxLength: 30, selector: ([p]) => p })
  return fc.record({ snapshot: fc.boolean(), bids: list, asks: list })
}

/** The plainest book: a map, sorted when it is asked. */
const plain = (map: ReadonlyMap<Price, Quantity>, side: BookSide): ReadonlyArray<Level> =>
  [...map].toSorted(([a], [b]) => (a < b === (side === "bid") ? 1 : -1))

describe("a price book", () => {
  it("is a sorted map of the levels, whatever comes", () => {
    // few prices: levels come and go; many: emptied places are swept out
    for (const prices of [12, 3000]) {
      fc.assert(
        fc.property(fc.array(change(prices), { maxLength: 60 }), (changes) => {
          const book = new PriceBook()
          const maps = { bid: new Map<Price, Quantity>(), ask: new Map<Price, Quantity>() }
          for (const { snapshot, bids, asks } of changes) {
            const replaces = snapshot && bids.length > 25
            book.apply({ snapshot: replaces, bids, asks })
            for (const [side, list] of [
              ["bid", bids],
              ["ask", asks]
            ] as const) {
              if (replaces) maps[side].clear()
              for (const [p, q] of list)
                if (q === 0n) maps[side].delete(p)
                else maps[side].set(p, q)
              const expected = plain(maps[side], side)
              expect(book.top(side)).toEqual(expected)
              expect(book.best(side)).toEqual(expected[0])
              expect(book.levels(side)).toBe(expected.length)
              expect(book.worstPrice(side)).toBe(expected.at(-1)?.[0])
              for (const [p, q] of list) expect(book.quantityAt(side, p)).toBe(q)
            }
          }
        }),
        { numRuns: 60 }
      )
    }
  })

  it("walks from the best price until it is told to stop", () => {
    const book = new PriceBook()
    book.apply(
      depth(
        1,
        [
          [99, 1],
          [98, 2]
        ],
        [
          [101, 3],
          [102, 4],
          [103, 5]
        ]
      )
    )
    const seen: Array<Price> = []
    book.walk("ask", (p) => seen.push(p) < 2)
    expect(seen).toEqual([price(101), price(102)])
    expect(book.top("bid", 1)).toEqual([[price(99), quantity(1)]])
    expect(book.isEmpty).toBe(false)
    book.clear()
    expect(book.isEmpty).toBe(true)
    expect(book.best("bid")).toBeUndefined()
  })
})

describe("the price board", () => {
  it("knows the newest quote and trade of each symbol, with number and time", () => {
    const board = new PriceBoard()
    expect(board.mdNo).toBe(0)
    expect(board.lastOf(BTC)).toBeUndefined()
    expect(board.quoteOf(BTC)).toBeUndefined()
    board.evolve(quote(1, [99, 1], [101, 2]))
    board.evolve(trade(2, "buy", [101, 1]))
    board.evolve(quote(3, [100, 1], [101, 2]))
    board.evolve(depth(4, [[100, 1]], [[101, 2]]))
    expect(board.lastOf(BTC)).toEqual({ price: price(101), mdNo: 2, at: at(2000) })
    const sizes = { bidSize: quantity(1), askSize: quantity(2) }
    expect(board.quoteOf(BTC)).toEqual({ bid: price(100), ask: price(101), ...sizes, mdNo: 3, at: at(3000) })
    expect(board.mdNo).toBe(4)
    expect([...board.symbols()]).toEqual([BTC])
  })
})
