// Whether a group moves, and when, makes no difference to what is decided about it.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AccountId } from "#domain/kernel/ids.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { ETH, marginAccount, posting } from "./entry-story.ts"
import { audited, empty, mark, move, packed } from "./moving.ts"
import { amount, BTC, decisionIn, instrument, market, Story, typesOf, verdict, type Outcome } from "./story.ts"

type Step = (story: Story) => Outcome
const account = fc.constantFrom("A", "B", "M")
const symbol = fc.constantFrom(BTC, ETH)
const prices = fc.constantFrom("90", "100", "110", "121.5")
const lots = fc.integer({ min: 1, max: 30 }).map((n) => (n / 10).toFixed(1))
const arbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ account, symbol, side: fc.constantFrom("buy", "sell"), quantity: lots, price: prices })
    .map((wanted): Step => (story) => {
      const seen = market("100", "100")
      const sent = story.submit({ ...wanted, side: wanted.side as "buy" }, { seen })
      const [placed] = sent.events
      if (verdict(sent) !== "approved" || placed?.type !== "OrderPlaced") return sent
      // filled or cancelled at once: nothing is open when the group moves
      const id = placed.data.orderId
      const filled = Number(wanted.quantity) > 1.5
      return filled
        ? story.fill(id, wanted.quantity, wanted.price, { execId: `X${story.now}${id.slice(2)}` })
        : story.report(id, { type: "Canceled" }, { account: wanted.account })
    }),
  fc.tuple(account, lots).map(
    ([of, text]): Step =>
      (story) =>
        story.deposit(text, of)
  ),
  fc.tuple(account, lots).map(
    ([of, text]): Step =>
      (story) =>
        story.withdraw(text, of)
  ),
  fc.tuple(symbol, prices).map(
    ([of, price]): Step =>
      (story) => (mark(story, price, of), { kind: "nothing", events: [] })
  ),
  fc.tuple(account, fc.integer({ min: 1, max: 4 })).map(
    ([of, n]): Step =>
      (story) =>
        story.limits("account", of, { maxOrdersPerSecond: n, shortAllowed: n > 1 })
  ),
  fc.tuple(fc.constantFrom("20", "200"), fc.boolean()).map(
    ([text, later]): Step =>
      (story) =>
        story.limits(
          "group",
          "G",
          { maxDailyLoss: amount(text), fatFingerMultiple: amount("3"), duplicateWindowMillis: 500 },
          {
            ...(later && { effectiveFrom: plusMicros(story.now, 2e6) })
          }
        )
  ),
  account.map(
    (of): Step =>
      (story) =>
        story.send({ type: "WatchLosses", scope: "account", scopeId: of })
  ),
  account.map(
    (of): Step =>
      (story) =>
        story.send(posting({ kind: "fee", amount: "1.5", fee: "x" }, { account: of as AccountId }))
  ),
  account.map(
    (of): Step =>
      (story) =>
        story.send({ type: "WatchMargin", account: of as AccountId })
  ),
  fc.constantFrom(0, 1000, 400_000, 3_000_000).map(
    (micros): Step =>
      (story) => (story.wait(micros), { kind: "nothing", events: [] })
  )
)
/** What came of a command, without what is numbered. */
const told = (outcome: Outcome): string => {
  const checks = decisionIn(outcome.events)?.data.checks.text.replaceAll(/@\d+/gu, "")
  return JSON.stringify([outcome.kind, outcome.code, typesOf(outcome), verdict(outcome), checks])
}

describe("decisions after a move at any moment", () => {
  it("are those without one", () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { minLength: 4, maxLength: 40 }), fc.nat(40), (steps, when) => {
        const prepared = (): Story => {
          const story = new Story()
          for (const one of [BTC, ETH]) story.send({ type: "AdoptInstrument", instrument: instrument(one) })
          for (const id of ["A", "B"]) story.openAccount(id, "G", "owner-M")
          marginAccount(story)
          for (const id of ["A", "B", "M"]) story.deposit("400", id)
          return story
        }
        const stays = prepared()
        let moves = prepared()
        for (const [i, step] of steps.entries()) {
          if (i === when % steps.length) {
            const there = empty()
            there.now = moves.now
            for (const { price, symbol: of } of [...moves.state.marks].map(([s, m]) => ({ symbol: s, price: m.price })))
              there.send({ type: "RecordMark", symbol: of, price, source: "mid", mdNo: 1, markedAt: there.now })
            for (const group of ["G", "M"]) move(moves, there, group)
            expect([moves.state.accounts.size, moves.state.firm.symbols.held().length]).toEqual([0, 0])
            audited(moves)
            moves = there
          }
          expect(told(step(moves))).toBe(told(step(stays)))
        }
        // what is due is written in by the next event
        for (const story of [moves, stays]) story.deposit("1", "A")
        for (const group of ["G", "M"]) expect(packed(moves, group)).toBe(packed(stays, group))
        audited(moves)
      }),
      { numRuns: 120 }
    )
  })
})
