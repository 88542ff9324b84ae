import {
  amountOf,
  count,
  flag,
  listOf,
  maybe,
  onceOf,
  real,
  recordOf,
  sharedBy,
  text,
  textOf,
  word,
  wordOf,
  type Form
} from "#domain/bytes/form.ts"
import type { AccountId, ClOrdId, Currency, ExecId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Instrument, Session } from "#domain/market/instrument.ts"
import type { Instructions } from "#domain/orders/instructions.ts"
import {
  blankOrder,
  type Fill,
  type OpenOrder,
  type PendingRequest,
  type ReplaceTerms
} from "#domain/orders/open-order.ts"
import type { OrderType, Side, TimeInForce } from "#domain/venue/messages.ts"

const price = amountOf<Price>()
const quantity = amountOf<Quantity>()
const cash = amountOf<Cash>()
const rate = amountOf<Rate>()
const currency = wordOf<Currency>()
const time = wordOf<Time>()

/** One version of an instrument: whoever trades by it holds the same. */
export const instrumentForm = onceOf(
  recordOf<Instrument>({
    symbol: wordOf<Symbol>(),
    version: count,
    base: currency,
    quote: currency,
    settlement: currency,
    tick: price,
    lot: quantity,
    minNotional: cash,
    multiplier: rate,
    makerFee: rate,
    takerFee: rate,
    maxQuantity: quantity,
    mic: word,
    session: recordOf<Session>({
      timeZone: word,
      opens: word,
      closes: word,
      days: listOf(real),
      holidays: listOf(word)
    }),
    shortable: flag,
    initialMargin: rate,
    maintenanceMargin: rate,
    settlementDays: real,
    expiresAt: time
  })
)

const instructions = onceOf(
  recordOf<Instructions>({
    triggerOn: wordOf<NonNullable<Instructions["triggerOn"]>>(),
    triggerBy: wordOf<NonNullable<Instructions["triggerBy"]>>(),
    trailAmount: price,
    trailPercent: rate,
    limitOffset: price,
    displayQuantity: quantity,
    minQuantity: quantity,
    peg: wordOf<NonNullable<Instructions["peg"]>>(),
    pegOffset: price,
    postOnly: flag,
    reduceOnly: flag,
    allOrNone: flag
  })
)

const pending = recordOf<PendingRequest>({
  kind: wordOf<PendingRequest["kind"]>(),
  clOrdId: textOf<ClOrdId>(),
  origClOrdId: textOf<ClOrdId>(),
  requestNo: count,
  acknowledged: flag,
  terms: recordOf<ReplaceTerms>({ quantity, price, stopPrice: price, displayQuantity: quantity })
})

const fill = recordOf<Fill>({
  execIds: listOf(textOf<ExecId>()),
  venue: word,
  quantity,
  price,
  notional: cash,
  fee: cash,
  feeCurrency: currency,
  liquidity: wordOf<Fill["liquidity"]>(),
  tradeDate: word
})

/** An order, whoever holds it: the open ones, its account, the finished ones. */
export const orderForm: Form<OpenOrder> = sharedBy(
  recordOf<OpenOrder>(
    {
      orderId: textOf<OrderId>(),
      number: real,
      place: real,
      account: wordOf<AccountId>(),
      clOrdId: textOf<ClOrdId>(),
      symbol: wordOf<Symbol>(),
      instrument: instrumentForm,
      side: wordOf<Side>(),
      orderType: wordOf<OrderType>(),
      timeInForce: wordOf<TimeInForce>(),
      instructions,
      placedNo: count,
      quantity,
      cumQty: quantity,
      acknowledged: flag,
      ended: wordOf<NonNullable<OpenOrder["ended"]>>(),
      doneForDay: flag,
      stopped: flag,
      suspended: flag,
      pending: listOf(pending),
      fills: listOf(fill),
      fillsBefore: real,
      cumBefore: quantity,
      triggered: flag,
      held: flag,
      queueAhead: quantity,
      mdNo: real,
      reports: count,
      reservedCash: cash,
      reservedUnits: quantity,
      exposed: quantity,
      exposedNotional: cash,
      counted: flag,
      price,
      stopPrice: price,
      protectionPrice: price,
      expireAt: time,
      displayQuantity: quantity,
      parentId: textOf<OrderId>(),
      locate: text,
      watchedFrom: real,
      groupId: text,
      route: wordOf<NonNullable<OpenOrder["route"]>>(),
      venueOrderId: text
    },
    blankOrder
  )
)
export const orderPlaces: Form<ReadonlyArray<OpenOrder | undefined>> = listOf(maybe(orderForm))
