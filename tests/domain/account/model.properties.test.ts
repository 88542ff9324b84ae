// The decider beside a naive model, through commands that are drawn to meet each other: three accounts, one symbol.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AccountId } from "#domain/kernel/ids.ts"
import { cashOf, holdingOf } from "#domain/ledger/balances.ts"
import { exposureOf } from "#domain/risk/scope.ts"
import { ACCOUNTS, GROUPS, NaiveBooks, type NaiveOrder, type Side } from "./naive-books.ts"
import { amount, BTC, Story, USDT, verdict, type Outcome } from "./story.ts"

type Real = { story: Story }
type Step = fc.Command<NaiveBooks, Real>

const tenths = (quantity: number): string => String(quantity / 10)
const money = (scaled: number): string => (BigInt(scaled) === 0n ? "0" : (scaled / 1e8).toFixed(8))
/** What the model says of every account and scope, against what the decider keeps. */
const compare = (books: NaiveBooks, { story }: Real) => {
  for (const account of ACCOUNTS) {
    const { balances } = story.account(account)
    expect({ account, ...cashOf(balances, USDT) }).toEqual({
      account,
      total: BigInt(books.cash(account)),
      reserved: BigInt(books.reservedCash(account))
    })
    const unit = 10_000_000n
    const { total, reserved } = holdingOf(balances, BTC)
    expect({ account, total, reserved }).toEqual({
      account,
      total: BigInt(books.units(account)) * unit,
      reserved: BigInt(books.reservedUnits(account)) * unit
    })
    const { risk, group } = story.account(account)
    for (const [scope, id] of [
      [risk, account],
      [group.risk, GROUPS[account]!],
      [story.state.firm, "firm"]
    ] as const) {
      const [position, buying, selling, openOrders] = books.exposure(id)
      const expected = {
        position: BigInt(position) * unit,
        buying: BigInt(buying) * unit,
        selling: BigInt(selling) * unit
      }
      const kept = { id, openOrders: scope.openOrders, ...exposureOf(scope, BTC) }
      expect(kept).toMatchObject({ id, openOrders, ...expected })
    }
  }
  expect([...story.state.orders.keys()]).toEqual(books.open().map(({ id }) => id))
}
const step = (name: string, run: (books: NaiveBooks, real: Real) => void): Step => ({
  check: () => true,
  run: (books, real) => {
    run(books, real)
    compare(books, real)
  },
  toString: () => name
})
const pick = <T>(list: ReadonlyArray<T>, at: number): T | undefined => list[at % Math.max(1, list.length)]
const says = (failing: ReadonlyArray<string>) => (failing.length === 0 ? "approved" : `denied: ${failing.join(", ")}`)
const idOf = (outcome: Outcome): string => (outcome.events[0]!.data as { orderId: string }).orderId

const account = fc.constantFrom(...ACCOUNTS)
const quantity = fc.integer({ min: 1, max: 60 })
const price = fc.integer({ min: 95, max: 105 })
const nth = fc.nat(7)

const submit = fc
  .tuple(account, fc.constantFrom<Side>("buy", "sell", "buy"), quantity, fc.option(price))
  .map(([of, side, tens, limit]) =>
    step(`${of} ${side} ${tenths(tens)} @ ${limit}`, (books, { story }) => {
      // a market sell is valued at the last price, a market buy at its protection price: both 5 % from 100 or nearer
      const terms = { quantity: tens, price: limit ?? (side === "buy" ? 105 : 100) }
      const failing = books.failing(of, side, terms)
      const wanted = limit === null ? ({ type: "market" } as const) : { price: String(limit) }
      const outcome = story.submit({ account: of, side, quantity: tenths(tens), ...wanted })
      expect(verdict(outcome)).toBe(says(failing))
      if (failing.length > 0) return
      books.orders.push({ id: idOf(outcome), account: of, side, terms, cum: 0, cancelling: false, open: true })
    })
  )
const onOrder = (name: string, run: (books: NaiveBooks, real: Real, order: NaiveOrder) => void, at: number): Step =>
  step(`${name} the ${at}th open order`, (books, real) => {
    const order = pick(books.open(), at)
    if (order !== undefined) run(books, real, order)
  })
const replace = fc.tuple(nth, quantity, price).map(([at, tens, next]) =>
  onOrder(
    `replace by ${tenths(tens)} @ ${next}`,
    (books, { story }, order) => {
      const priced = story.order(order.id)!.price !== undefined
      const terms = { quantity: tens, price: priced ? next : order.terms.price }
      const outcome = story.replace(order.id, { quantity: tenths(tens), ...(priced && { price: String(next) }) })
      if (order.cancelling) return expect(outcome.code).toBe("OrderPendingCancel")
      if (order.pending !== undefined) return expect(outcome.code).toBe("OrderPendingReplace")
      if (tens <= order.cum) return expect(outcome.code).toBe("QuantityFilled")
      const small = !priced && order.side === "sell" ? 100 : terms.price
      if ((tens - order.cum) * small < 50) return expect(verdict(outcome)).toMatch(/MIN_NOTIONAL/)
      const failing = books.failing(order.account, order.side, terms, order)
      expect(verdict(outcome)).toBe(says(failing))
      if (failing.length === 0) order.pending = terms
    },
    at
  )
)
const cancel = nth.map((at) =>
  onOrder(
    "cancel",
    (_, { story }, order) => {
      const outcome = story.cancel(order.id)
      expect(outcome.code).toBe(order.cancelling ? "OrderPendingCancel" : undefined)
      order.cancelling = true
    },
    at
  )
)
const cancelAll = account.map((of) =>
  step(`cancel all of ${of}`, (books, { story }) => {
    const { events } = story.send({ type: "CancelAll", account: of as AccountId })
    const expected = books.open(of).filter(({ cancelling }) => !cancelling)
    expect(events.slice(1).map((event) => (event.data as { orderId: string }).orderId)).toEqual(
      expected.map(({ id }) => id)
    )
    for (const order of expected) order.cancelling = true
  })
)
const fill = fc.tuple(nth, quantity, fc.nat(4)).map(([at, tens, better]) =>
  onOrder(
    `fill ${tenths(tens)} of`,
    (books, { story }, order) => {
      const at1 = order.side === "buy" ? order.terms.price - better : order.terms.price + better
      const outcome = story.fill(order.id, tenths(tens), String(at1))
      if (tens > order.terms.quantity - order.cum) return expect(outcome.events[0]!.type).toBe("ReportSuspended")
      books.fill(order, tens, at1)
    },
    at
  )
)
const answer = fc.tuple(nth, fc.boolean()).map(([at, yes]) =>
  onOrder(
    yes ? "let through the replace of" : "reject the replace of",
    (books, { story }, order) => {
      if (order.pending === undefined) return
      const { quantity: tens, price: next } = order.pending
      const terms = { quantity: amount<never>(tenths(tens)), price: amount<never>(String(next)) }
      story.report(order.id, yes ? { type: "Replaced", ...terms } : { type: "ReplaceRejected" })
      if (yes) books.replaced(order)
      else {
        order.pending = undefined
        books.close(order)
      }
    },
    at
  )
)
const end = fc.tuple(nth, fc.constantFrom("Canceled", "Expired", "Rejected", "CancelRejected")).map(([at, type]) =>
  onOrder(
    `${type}:`,
    (_, { story }, order) => {
      story.report(order.id, { type: type as "Canceled" })
      if (type === "CancelRejected") order.cancelling = false
      else order.open = false
    },
    at
  )
)
const move = fc.tuple(account, fc.integer({ min: -6_000, max: 3_000 })).map(([of, units]) =>
  step(`${of} ${units} USDT`, (books, { story }) => {
    const scaled = (units === 0 ? 1 : units) * 1e8
    const outcome = scaled > 0 ? story.deposit(money(scaled), of) : story.withdraw(money(-scaled), of)
    const there = books.cash(of) - books.reservedCash(of)
    if (-scaled > there) return expect(outcome.code).toBe("InsufficientFunds")
    expect(outcome.kind).toBe("facts")
    books.movements.push({ account: of, amount: scaled })
  })
)
const limits = fc
  .tuple(
    account,
    fc.constantFrom("account", "group", "firm"),
    fc.option(fc.nat(150), { freq: 3 }),
    fc.option(fc.nat(9), { freq: 3 })
  )
  .map(([of, kind, position, orders]) =>
    step(`limits of ${of}'s ${kind}: ${position}, ${orders}`, (books, { story }) => {
      const id = kind === "firm" ? "firm" : kind === "group" ? GROUPS[of]! : of
      const maxPosition = position === null ? null : amount<never>(tenths(position))
      story.limits(kind as "firm", id, { maxPosition, maxOpenOrders: orders })
      books.limits[id] = {
        ...(position !== null && { maxPosition: position }),
        ...(orders !== null && { maxOpenOrders: orders })
      }
    })
  )
const halt = fc.constantFrom("A", "G", "firm").map((id) =>
  step(`halt ${id}`, (books, { story }) => {
    const scope = id === "firm" ? "firm" : id === "G" ? "group" : "account"
    story.send({ type: "Halt", scope, ...(id !== "firm" && { scopeId: id }), reason: "test" })
    books.halted = [...books.halted, id]
  })
)
const resume = fc.constant(
  step("resume all", (books, { story }) => {
    for (const haltId of story.state.halts.keys()) story.send({ type: "Resume", haltId })
    books.halted = []
  })
)
const restart = fc.constant(
  step("restart", (_, real) => {
    real.story = real.story.restarted()
  })
)

/** Each account with some 700 USDT and 3 BTC: enough for an order or two. */
const begun = () => {
  const [model, story] = [new NaiveBooks(), Story.begun()]
  for (const of of ACCOUNTS) {
    story.withdraw("9000", of)
    model.movements.push({ account: of, amount: 1e12 }, { account: of, amount: -9e11 })
    const id = story.place({ account: of, quantity: "3", price: "100" })
    story.fill(id, "3", "100")
    model.fills.push({ account: of, side: "buy", quantity: 30, price: 100 })
  }
  return { model, real: { story } }
}

describe("the account decider", () => {
  it("keeps the books that a naive recount gives, and decides as it would", () => {
    const rare = [cancelAll, limits, limits, halt, resume, resume, resume, restart]
    const often = [submit, submit, submit, fill, fill, fill, replace, replace, answer, answer]
    const usual = [...often, ...often, ...often, cancel, end, end, move]
    fc.assert(
      fc.property(fc.commands([...usual, ...rare], { maxCommands: 80, size: "max" }), (commands) => {
        fc.modelRun(begun, commands)
      }),
      { numRuns: 60 }
    )
  })
})
