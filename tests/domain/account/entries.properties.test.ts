// Fills and entries in any order: nothing is made or lost by them but what they say.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { AccountId, Symbol } from "#domain/kernel/ids.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { holdingOf } from "#domain/ledger/balances.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import { balances } from "#projections/balances/balances.ts"
import { positions } from "#projections/positions/positions.ts"
import { checkEvents, checkState, Recount } from "#services/simulation/laws.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { asFold } from "#tests/projections/story.ts"
import { begun, ETH, marginAccount, moving, posting } from "./entry-story.ts"
import { BTC, type Story } from "./story.ts"

const ACCOUNTS = ["A", "B", "C", "M"]
const account = fc.constantFrom(...ACCOUNTS)
const symbol = fc.constantFrom(BTC, ETH)
const text = (most: number) => fc.integer({ min: 1, max: most }).map((n) => formatFixed(BigInt(n) * 12_345_679n))
const lots = fc.integer({ min: 1, max: 60 }).map((n) => (n / 10).toFixed(1))
const ratio = fc.integer({ min: 1, max: 5 })

type Step = { readonly fill: object } | { readonly bust: number } | { readonly request: Request }
const entry = (texts: fc.Arbitrary<object>) =>
  fc.tuple(account, texts).map(([of, told]) => ({
    request: posting(told as never, { account: of as AccountId })
  }))
const transfer = (texts: fc.Arbitrary<object>) =>
  fc.tuple(account, account, texts).map(([from, to, told]) => ({
    request: moving(told as never, { account: from as AccountId, to: to as AccountId })
  }))
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      fill: fc.record({
        account,
        symbol,
        side: fc.constantFrom("buy", "buy", "sell"),
        quantity: lots,
        price: fc.constantFrom("81", "97.5", "100", "119")
      })
    }),
    weight: 6
  },
  { arbitrary: fc.record({ bust: fc.nat(30) }), weight: 1 },
  entry(fc.record({ kind: fc.constant("fee"), amount: text(900), fee: fc.constant("x") })),
  entry(
    fc.record({
      kind: fc.constant("interest"),
      amount: fc.oneof(
        text(90),
        text(90).map((one) => `-${one}`)
      )
    })
  ),
  entry(fc.record({ kind: fc.constant("dividend"), symbol, perUnit: text(9) })),
  entry(
    fc.record(
      {
        kind: fc.constant("split"),
        symbol,
        numerator: ratio,
        denominator: ratio,
        fractions: fc.constantFrom("keep", "cash")
      },
      { requiredKeys: ["kind", "symbol", "numerator", "denominator"] }
    )
  ),
  entry(
    fc.record({
      kind: fc.constant("split"),
      symbol,
      numerator: ratio,
      denominator: ratio,
      fractions: fc.constant("cash"),
      price: text(300)
    })
  ),
  entry(fc.record({ kind: fc.constant("symbol-change"), symbol: fc.constant(BTC), newSymbol: fc.constant(ETH) })),
  entry(fc.record({ kind: fc.constant("expiry"), symbol, price: fc.oneof(fc.constant("0"), text(900)) })),
  transfer(fc.record({ amount: text(9000) })),
  transfer(fc.record({ symbol, quantity: text(30) }))
)

/** Lives through the steps; what is refused changes nothing. */
const live = (steps: ReadonlyArray<Step>): Story => {
  const story = begun()
  marginAccount(story)
  story.deposit("5000", "M")
  const fills: Array<{ orderId: string; execId: string; account: string }> = []
  for (const [i, one] of steps.entries()) {
    story.wait(1000)
    if ("request" in one) story.send(one.request)
    else if ("bust" in one) {
      const [fill] = fills.splice(one.bust, 1)
      if (fill === undefined) continue
      const { orderId, execId, account: of } = fill
      story.report(orderId, { type: "TradeCancel", execRefId: execId } as never, { account: of })
    } else {
      const { fill } = one as { fill: { account: string; quantity: string; price: string } }
      const [, decided] = story.submit(fill as never).events
      if (decided?.type !== "OrderRiskDecided" || decided.data.decision === "denied") continue
      const { orderId } = decided.data
      const execId = `F${i}`
      story.fill(orderId, fill.quantity, fill.price, { execId })
      fills.push({ orderId, execId, account: fill.account })
    }
  }
  return story
}

const total = (of: (account: string, symbol: Symbol) => bigint): bigint =>
  ACCOUNTS.flatMap((id) => [BTC, ETH].map((one) => of(id, one))).reduce((sum, one) => sum + one, 0n)

describe("fills and entries in any order", () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 60 })

  it("balance at every event, and leave the balances that their postings come to", () => {
    fc.assert(
      fc.property(steps, (drawn) => {
        const story = live(drawn)
        const recount = new Recount()
        checkEvents(decoded(story))
        for (const event of decoded(story)) {
          for (const [unit, sum] of sumsOf(event))
            expect(`${event.type} ${unit} ${sum}`).toBe(`${event.type} ${unit} 0`)
          recount.book(event)
        }
        checkState(story.state, recount)
        expect(recount.of("/in-transit", "USDT")).toBe(0n)
        expect(story.restarted().state).toEqual(story.state)
      }),
      { numRuns: 150 }
    )
  })

  it("are shown by the projections as the decider keeps them, costs too", () => {
    fc.assert(
      fc.property(steps, (drawn) => {
        const story = live(drawn)
        const fresh = freshRows([asFold(balances), asFold(positions)])
        for (const event of decoded(story)) fresh.fold(0, event, { no: 1, id: "", hash: "" })
        for (const { row } of fresh.rows("balances")) {
          const amounts = row as Record<string, bigint>
          const { total, deposited, withdrawn, traded, fees, transferred, interest, dividends } = amounts
          expect(total).toBe(deposited! - withdrawn! + traded! - fees! + transferred! + interest! + dividends!)
          const kept = story.account(String(row["account"])).balances.cash
          expect(total).toBe(kept.get(row["currency"] as never)?.total ?? 0n)
        }
        for (const { row } of fresh.rows("positions")) {
          const held = holdingOf(story.account(String(row["account"])).balances, row["symbol"] as Symbol)
          expect([row["quantity"], row["cost"]]).toEqual([held.total, held.cost])
          const { bought, sold, moved } = row as Record<string, bigint>
          expect(row["quantity"]).toBe(bought! - sold! + moved!)
          if (held.total === 0n) expect(held.cost).toBe(0n)
        }
      }),
      { numRuns: 150 }
    )
  })

  it("neither make nor lose cost or worth by a transfer or a change of symbol", () => {
    const carrying = fc.oneof(
      transfer(fc.record({ symbol, quantity: text(30) })),
      entry(fc.record({ kind: fc.constant("symbol-change"), symbol: fc.constant(BTC), newSymbol: fc.constant(ETH) }))
    )
    fc.assert(
      fc.property(steps, carrying, (drawn, last) => {
        // without short positions: closing one by a transfer realises
        const story = live(drawn)
        const held = (id: string, one: Symbol) => holdingOf(story.account(id).balances, one)
        if (total((id, one) => (held(id, one).total < 0n ? 1n : 0n)) > 0n) return
        const cost = () => total((id, one) => held(id, one).cost)
        const results = () => ACCOUNTS.map((id) => story.account(id).risk.worth.result)
        const before = [cost(), ...results()]
        story.send(last.request)
        expect([cost(), ...results()]).toEqual(before)
      }),
      { numRuns: 150 }
    )
  })
})

it("come in every kind", () => {
  const seen = new Set(
    fc.sample(fc.array(step, { minLength: 40 }), 40).flatMap((drawn) => decoded(live(drawn)).map(({ type }) => type))
  )
  const kinds = ["ExecutionBusted", "TransferredIn", "FeeCharged", "InterestPosted", "DividendPaid", "SplitApplied"]
  expect([...seen]).toEqual(expect.arrayContaining([...kinds, "SymbolChanged", "PositionExpired"]))
})

const decoded = (story: Story): ReadonlyArray<Recorded<AccountEvent>> =>
  story.bytes.map((bytes) => ledgerCodec.decodeStrictly(JSON.parse(bytes)))

const sumsOf = (event: Recorded<AccountEvent>): ReadonlyMap<string, bigint> => {
  const sums = new Map<string, bigint>()
  for (const { unit, amount } of postingsOf(event)) sums.set(unit, (sums.get(unit) ?? 0n) + amount)
  return sums
}
