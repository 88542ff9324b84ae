import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { cashOf, holdingOf, moveCash, moveHolding, noBalances } from "#domain/ledger/balances.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import { begun, ETH, moving, posting } from "#tests/domain/account/entry-story.ts"
import { amount, BTC, Story, USDT } from "#tests/domain/account/story.ts"

const lines = (event: Recorded<AccountEvent>) =>
  postingsOf(event).map(({ ledger, unit, amount: moved }) => `${ledger} ${formatFixed(moved)} ${unit}`)

describe("the double entry", () => {
  it("of a deposit comes from the outside, that of a withdrawal goes there", () => {
    const story = Story.begun()
    expect(lines(story.deposit("5").events[0]!)).toEqual(["outside -5 USDT", "account:A 5 USDT"])
    expect(lines(story.withdraw("3").events[0]!)).toEqual(["account:A -3 USDT", "outside 3 USDT"])
  })

  it("of a fill exchanges two assets through the conversion account and pays the fee to the venue's", () => {
    const story = Story.begun()
    const buy = story.fill(story.place({ quantity: "2", price: "100" }), "2", "99", { fee: amount("0.099") })
    expect(lines(buy.events[0]!)).toEqual([
      "conversion -2 BTC",
      "account:A 2 BTC",
      "account:A -198 USDT",
      "conversion 198 USDT",
      "account:A -0.099 USDT",
      "fees:paper 0.099 USDT"
    ])
    const sell = story.fill(story.place({ side: "sell", quantity: "1", price: "100" }), "1", "101", {
      fee: amount("-0.01")
    })
    expect(lines(sell.events[0]!)).toEqual([
      "account:A -1 BTC",
      "conversion 1 BTC",
      "conversion -101 USDT",
      "account:A 101 USDT",
      "account:A 0.01 USDT",
      "fees:paper -0.01 USDT"
    ])
  })

  it("of what is no trade goes through an account for its kind, and passes one on its way to another account", () => {
    const story = begun()
    story.hold("1.5")
    const of = (request: Request) => story.send(request).events.map(lines)
    expect(of(moving({ amount: "5" }))).toEqual([
      ["account:A -5 USDT", "in-transit 5 USDT"],
      ["in-transit -5 USDT", "account:B 5 USDT"]
    ])
    expect(of(moving({ quantity: "0.5" }))).toEqual([
      ["account:A -0.5 BTC", "in-transit 0.5 BTC"],
      ["in-transit -0.5 BTC", "account:B 0.5 BTC"]
    ])
    const one = (texts: Parameters<typeof posting>[0]) => of(posting(texts))[0]
    expect(one({ kind: "fee", amount: "2", fee: "x" })).toEqual(["account:A -2 USDT", "fees:firm 2 USDT"])
    expect(one({ kind: "interest", amount: "-3" })).toEqual(["interest 3 USDT", "account:A -3 USDT"])
    expect(one({ kind: "dividend", perUnit: "1", taxWithheld: "0.2" })).toEqual([
      "dividends -1 USDT",
      "account:A 1 USDT",
      "account:A -0.2 USDT",
      "tax 0.2 USDT"
    ])
    const cash = { fractions: "cash", price: "100" }
    expect(one({ kind: "split", numerator: 3, denominator: 8, ...cash })).toEqual([
      "conversion 0.7 BTC",
      "account:A -0.7 BTC",
      "conversion -7.5 USDT",
      "account:A 7.5 USDT"
    ])
    expect(one({ kind: "symbol-change", newSymbol: ETH })).toEqual([
      "account:A -0.3 BTC",
      "conversion 0.3 BTC",
      "conversion -0.3 ETH",
      "account:A 0.3 ETH"
    ])
    expect(one({ kind: "expiry", symbol: ETH, price: "10" })).toEqual([
      "account:A -0.3 ETH",
      "conversion 0.3 ETH",
      "conversion -3 USDT",
      "account:A 3 USDT"
    ])
  })

  it("is made by nothing that happens to an order but its fills", () => {
    const story = Story.begun()
    const id = story.place({ price: "100" })
    const without = [story.replace(id, { quantity: "2" }), story.cancel(id), story.report(id, { type: "Canceled" })]
    for (const outcome of without) for (const event of outcome.events) expect(postingsOf(event)).toEqual([])
  })

  it("sums to zero in every unit, whatever was filled", () => {
    const story = Story.begun()
    const [fill] = story.fill(story.place({ quantity: "2", price: "100" }), "2", "99").events
    const big = fc.bigInt(-(10n ** 20n), 10n ** 20n)
    fc.assert(
      fc.property(
        big,
        big,
        big,
        fc.constantFrom("buy", "sell"),
        fc.constantFrom("USDT", "BTC", "BNB"),
        (q, n, fee, side, unit) => {
          const data = { ...fill!.data, quantity: q, notional: n, fee, side, feeCurrency: unit }
          const sums = new Map<string, bigint>()
          for (const posting of postingsOf({ ...fill!, data } as never)) {
            sums.set(posting.unit, (sums.get(posting.unit) ?? 0n) + posting.amount)
          }
          expect([...sums.values()].every((sum) => sum === 0n)).toBe(true)
        }
      )
    )
  })
})

describe("balances", () => {
  it("are nothing before anything moved, and then the sum of it, each for itself", () => {
    const balances = noBalances()
    expect(cashOf(balances, USDT)).toEqual({ total: 0n, reserved: 0n })
    moveCash(balances, USDT, 5n, 2n)
    moveCash(balances, USDT, -1n, 3n)
    moveHolding(balances, BTC, 7n, 0n)
    expect(cashOf(balances, USDT)).toEqual({ total: 4n, reserved: 5n })
    expect(holdingOf(balances, BTC)).toEqual({ total: 7n, reserved: 0n, cost: 0n })
    expect(cashOf(noBalances(), USDT)).toEqual({ total: 0n, reserved: 0n })
  })
})
