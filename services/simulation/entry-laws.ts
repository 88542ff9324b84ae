import type { Command } from "#domain/account/commands.ts"
import type { PostEntry, Transfer } from "#domain/account/entries.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed, ONE } from "#domain/kernel/money.ts"
import { must } from "./broken-law.ts"
import type { SecondOpinion } from "./second-opinion.ts"
import { sameLoad } from "./transit-laws.ts"
import { halfEven } from "./worths.ts"

type Event = Recorded<AccountEvent>

/** What is entered must be what was asked, by what the account has; nobody pays what is not there. */
export const checkEntry = (events: ReadonlyArray<Event>, { request }: Command, opinion: SecondOpinion): void => {
  if (request.type === "Transfer") return checkTransfer(events, request, opinion)
  if (request.type !== "PostEntry") return
  const [event] = events
  must(events.length === 1 && event?.account === request.account, () => "an entry is not one event of its account")
  checkPosted(event!, request, opinion)
}

const checkPosted = (event: Event, { account, entry }: PostEntry, opinion: SecondOpinion): void => {
  const is = (told: bigint, due: bigint, what: string) =>
    must(told === due, () => `event ${event.eventNo}: ${what} is ${formatFixed(told)}, not ${formatFixed(due)}`)
  const pays = (amount: bigint, currency: string) => {
    const free = opinion.margined.has(account) ? amount : opinion.free(account, currency)
    must(amount <= 0n || amount <= free, () => `event ${event.eventNo}: more was paid than was free`)
  }
  const held = (symbol: string) => opinion.unitsOf(account, symbol)
  switch (event.type) {
    case "FeeCharged":
      is(event.data.amount, entry.kind === "fee" ? entry.amount : 0n, "the fee")
      return pays(event.data.amount, event.data.currency)
    case "InterestPosted":
      is(event.data.amount, entry.kind === "interest" ? entry.amount : 0n, "the interest")
      return pays(-event.data.amount, event.data.currency)
    case "DividendPaid": {
      const { symbol, perUnit, quantity, gross, taxWithheld, net, currency } = event.data
      const given = entry.kind === "dividend" ? entry.quantity : undefined
      is(quantity, given ?? held(symbol), "what the dividend is paid for")
      is(gross, halfEven(quantity * perUnit, ONE), "the dividend")
      is(net, gross - taxWithheld, "the dividend after tax")
      return pays(-net, currency)
    }
    case "SplitApplied": {
      const { symbol, numerator, denominator, quantityBefore, quantityAfter, cashInLieu, currency } = event.data
      const { lot, multiplier } = opinion.orders.instrument(symbol)!
      is(quantityBefore, held(symbol), "what is split")
      notOrdered(event, account, symbol, opinion)
      const left = quantityBefore * BigInt(numerator) - quantityAfter * BigInt(denominator)
      const isPaid = event.data.fractions === "cash" && left !== 0n
      must(
        left === 0n || (isPaid && abs(left) < lot * BigInt(denominator) && quantityAfter % lot === 0n),
        () => `event ${event.eventNo}: ${numerator} for ${denominator} leaves ${formatFixed(left)}`
      )
      const price = event.data.price ?? 0n
      is(cashInLieu, isPaid ? halfEven(left * multiplier * price, BigInt(denominator) * ONE * ONE) : 0n, "cash in lieu")
      return pays(-cashInLieu, currency)
    }
    case "SymbolChanged":
      notOrdered(event, account, event.data.symbol, opinion)
      return is(event.data.quantity, held(event.data.symbol), "what goes on under another symbol")
    case "PositionExpired": {
      const { symbol, quantity, price, cash, currency, multiplier } = event.data
      notOrdered(event, account, symbol, opinion)
      is(quantity, held(symbol), "what expires")
      is(cash, halfEven(quantity * price * multiplier, ONE * ONE), "what is paid for it")
      return pays(-cash, currency)
    }
    default:
      must(false, () => `event ${event.eventNo}: ${event.type} is no entry`)
  }
}
const abs = (value: bigint): bigint => (value < 0n ? -value : value)

const notOrdered = ({ eventNo }: Event, account: string, symbol: string, { orders }: SecondOpinion): void =>
  must(
    orders.of(account).every(({ placed }) => placed.symbol !== symbol),
    () => `event ${eventNo}: ${symbol} became something else under open orders`
  )

const checkTransfer = (
  events: ReadonlyArray<Event>,
  { account, to, moved, toPartition }: Transfer,
  opinion: SecondOpinion
): void => {
  const [out, arrived] = events
  const isAway = toPartition !== undefined && events.length === 1
  const isPair = arrived?.type === "TransferredIn" && arrived.account === to && events.length === 2
  must(
    out?.type === "TransferredOut" && out.account === account && isAway !== isPair,
    () => "a transfer has not two sides"
  )
  if (out?.type !== "TransferredOut") return
  const isSame = arrived?.type !== "TransferredIn" || sameLoad(out.data, arrived.data)
  must(isSame, () => `event ${out.eventNo}: what leaves is not what arrives`)
  if ("currency" in moved) {
    must(out.data.amount === moved.amount, () => `event ${out.eventNo}: another amount is transferred`)
    must(
      moved.amount <= opinion.payable(account, moved.currency),
      () => `event ${out.eventNo}: more left than was free`
    )
  } else {
    must(out.data.quantity === moved.quantity, () => `event ${out.eventNo}: other units are transferred`)
    const free = opinion.unitsOf(account, moved.symbol) - opinion.selling(account, moved.symbol)
    must(moved.quantity <= free, () => `event ${out.eventNo}: more units left than were free`)
  }
}
