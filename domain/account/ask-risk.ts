import type { OrderId } from "#domain/kernel/ids.ts"
import { timesHalfUp, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import { microsOf } from "#domain/kernel/time.ts"
import { cashOf, holdingOf } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Instructions } from "#domain/orders/instructions.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import { assess } from "#domain/risk/assess.ts"
import type { OrderRiskDecidedData } from "#domain/risk/events.ts"
import { dayOf } from "#domain/risk/equity.ts"
import { marginTerms } from "#domain/risk/margin.ts"
import type { PriceEvidence, RiskQuestion } from "#domain/risk/question.ts"
import type { SymbolExposure } from "#domain/risk/scope.ts"
import type { OrderType, Side } from "#domain/venue/messages.ts"
import type { Command } from "./commands.ts"
import { ownersOpposite, ownOpposite } from "./opposite.ts"
import { bookFor, lineOf, haltOf, scopesFor, type Account, type State } from "./state.ts"

/** An order, or what a replace would make of it, as risk sees it. */
export type Judged = {
  readonly side: Side
  readonly orderType: OrderType
  readonly quantity: Quantity
  readonly leaves: Quantity
  readonly price: Price | undefined
  readonly stopPrice: Price | undefined
  readonly instructions?: Instructions
}

/** Asks risk; `existing` is the order that a replace changes: what it holds back already is free for its new form. */
export const judge = (
  command: Command,
  account: Account,
  state: State,
  instrument: Instrument,
  orderId: OrderId,
  order: Judged,
  existing: OpenOrder | undefined
): OrderRiskDecidedData => assess(orderId, questionOf(command, account, state, instrument, order, existing))

const NOT_SOLD = { total: 0n, reserved: 0n } as const
const NOT_COUNTED = { leaves: 0n, notional: 0n, open: false } as const

export const questionOf = (
  command: Command,
  account: Account,
  state: State,
  instrument: Instrument,
  order: Judged,
  existing: OpenOrder | undefined
): RiskQuestion => {
  const { side, leaves, stopPrice, orderType } = order
  const { request } = command
  const { symbol } = instrument
  const cash = cashOf(account.balances, instrument.settlement)
  const held = side === "sell" ? holdingOf(account.balances, symbol) : NOT_SOLD // what is bought need not be there
  const nowMicros = microsOf(command.at)
  const evidence = evidenceOf(command, nowMicros, order)
  const counted =
    existing === undefined
      ? NOT_COUNTED
      : { leaves: existing.exposed, notional: existing.exposedNotional, open: existing.counted }
  const { own: ofAccount, group: ofGroup, firm: ofFirm, sizes } = lineOf(account, symbol)
  const price = order.price ?? (orderType === "stop" ? stopPrice : undefined)
  const valued = price ?? evidence?.price
  const notional = valued === undefined ? undefined : notionalOf(instrument, valued, leaves)
  return {
    at: command.at,
    nowMicros,
    day: dayOf(nowMicros),
    instrument,
    side,
    orderType,
    timeInForce: existing?.timeInForce ?? (request.type === "SubmitOrder" ? request.timeInForce : "GTC"),
    quantity: order.quantity,
    leaves,
    price,
    stopPrice,
    notional,
    need:
      side === "sell"
        ? (0n as Cash)
        : price === undefined
          ? undefined
          : ((notional! + timesHalfUp(notional!, instrument.takerFee)) as Cash),
    evidence,
    available: existing === undefined ? cash : { total: cash.total, reserved: cash.reserved - existing.reservedCash },
    holdings: existing === undefined ? held : { total: held.total, reserved: held.reserved - existing.reservedUnits },
    counted,
    halted: haltOf(state, account, symbol),
    book: bookFor(state, account, symbol, command.at),
    scopes: scopesFor(state, account, symbol),
    exposures: [ofAccount, ofGroup, ofFirm],
    before: [
      unitsWith(ofAccount, side, counted.leaves),
      unitsWith(ofGroup, side, counted.leaves),
      unitsWith(ofFirm, side, counted.leaves)
    ],
    units: side === "buy" ? leaves : -leaves,
    margin:
      account.margin === undefined
        ? undefined
        : marginTerms(
            account.margin,
            instrument,
            cash.total + account.risk.worth.net,
            existing === undefined ? 0n : existing.exposedNotional
          ),
    locate: existing?.locate ?? locateOf(order.instructions) ?? locateOf(request),
    reduceOnly: (order.instructions ?? existing?.instructions)?.reduceOnly === true,
    sizes,
    habits: account.habits,
    ownOpposite: () => ownOpposite(account, symbol, side, existing),
    ownersOpposite: () => ownersOpposite(state, account, symbol, side)
  }
}

const unitsWith = ({ position, buying, selling }: Readonly<SymbolExposure>, side: Side, counted: bigint): bigint =>
  side === "buy" ? position + buying - counted : position - selling + counted

/** Who lends what a short sale sells, where the request, or the order of its group, tells (FIX LocateReqd 114). */
const locateOf = (asked: object | undefined): string | undefined =>
  asked !== undefined && "locate" in asked ? (asked.locate as string | undefined) : undefined

/** A stop is compared with its own stop price, everything else with the last trade. */
const evidenceOf = ({ seen }: Command, nowMicros: number, { stopPrice }: Judged): PriceEvidence | undefined => {
  if (stopPrice !== undefined) return { price: stopPrice, source: "stop" }
  if (seen?.last === undefined) return undefined
  const evidence: { -readonly [K in keyof PriceEvidence]: PriceEvidence[K] } = { price: seen.last, source: "last" }
  if (seen.lastNo !== undefined) evidence.mdNo = seen.lastNo
  if (seen.lastAt !== undefined) evidence.ageMicros = Math.max(0, nowMicros - microsOf(seen.lastAt))
  return evidence
}
