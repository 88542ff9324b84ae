import {
  amountOf,
  amount,
  count,
  listOf,
  madeAnew,
  mapOf,
  real,
  recordOf,
  setOf,
  sharedBy,
  text,
  textOf,
  word,
  wordOf,
  type Form
} from "#domain/bytes/form.ts"
import { ByteReader } from "#domain/bytes/reader.ts"
import { ByteWriter } from "#domain/bytes/writer.ts"
import { digestOf } from "#domain/kernel/chance.ts"
import type { AccountId, ClOrdId, Currency, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import type { Price, Quantity, Rate } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Balance, Balances, Holding } from "#domain/ledger/balances.ts"
import type { Contingency } from "#domain/orders/contingency.ts"
import type { GroupKind } from "#domain/orders/events.ts"
import { FinishedOrders } from "#domain/orders/finished-orders.ts"
import { AccountOrders, OpenOrders } from "#domain/orders/open-orders.ts"
import type { LossCode } from "#domain/risk/breaches.ts"
import { recentFrom, type Habits } from "#domain/risk/habits.ts"
import type { LimitScope } from "#domain/risk/limits.ts"
import type { Margin } from "#domain/risk/margin.ts"
import type { Side } from "#domain/venue/messages.ts"
import { answeredForm } from "./answered-bytes.ts"
import { scopeForm } from "./limit-bytes.ts"
import { instrumentForm, orderForm, orderPlaces } from "./order-bytes.ts"
import { Lines, type Account, type Away, type Group, type HaltState, type Marked, type State } from "./state.ts"
import { transitForm } from "./transit-bytes.ts"

type Sizes = Habits["sizes"] extends Map<Symbol, infer S> ? S & object : never
type Recent = Habits["recent"] extends Map<number, infer R> ? R & object : never

const symbol = wordOf<Symbol>()
const currency = wordOf<Currency>()
const accountId = wordOf<AccountId>()
const price = amountOf<Price>()
const quantity = amountOf<Quantity>()

const balances = recordOf<Balances>({
  cash: mapOf(currency, recordOf<Balance>({ total: amount, reserved: amount })),
  holdings: mapOf(symbol, recordOf<Holding>({ total: amount, reserved: amount, cost: amount }))
})
const recentOrders = listOf(
  recordOf<Recent>({ symbol, side: wordOf<Side>(), quantity, price, stopPrice: price, micros: real })
)
const habits = recordOf<Habits>({
  sizes: mapOf(symbol, recordOf<Sizes>({ sum: amount, count, average: amount })),
  // by which numbers they are found is not told: it is how they are kept in memory
  recent: {
    shape: recentOrders.shape,
    write: (to, recent) => recentOrders.write(to, [...recent.values()]),
    read: (from) => recentFrom(recentOrders.read(from))
  }
})
const margin = recordOf<Margin>({
  initialRate: amountOf<Rate>(),
  maintenanceRate: amountOf<Rate>(),
  initial: amount,
  maintenance: amount,
  opening: amount,
  calledNo: count
})
const group = sharedBy(
  recordOf<Group>({ id: wordOf<GroupId>(), owner: wordOf<OwnerId>(), risk: scopeForm, moves: count })
)
const halt = recordOf<HaltState>({
  haltId: text,
  scope: wordOf<LimitScope>(),
  id: word,
  symbol,
  reason: text,
  at: textOf<Time>(),
  eventNo: count,
  mode: wordOf<NonNullable<HaltState["mode"]>>(),
  actor: word
})
const contingency = recordOf<Contingency>({
  groupId: text,
  clOrdId: textOf<ClOrdId>(),
  kind: wordOf<GroupKind>(),
  members: listOf(recordOf<Contingency["members"][number]>({ orderId: textOf<OrderId>(), quantity }))
})

const finished: Form<FinishedOrders> = {
  shape: `finished(${orderForm.shape})`,
  write: (to, orders) => listOf(orderForm).write(to, [...orders.values()]),
  read: (from) => {
    const orders = new FinishedOrders()
    for (const order of listOf(orderForm).read(from)) orders.keep(order)
    return orders
  }
}

/**
 * The form of a whole state, for one reading or writing. Every field of it has a form of its own: one that is added to
 * the state and not here does not compile. An account's orders are the partition's, so these come first.
 */
const stateForm = (): Form<State> => {
  const all = new OpenOrders()
  const orders: Form<OpenOrders> = {
    shape: `open(${orderForm.shape})`,
    write: (to, open) => listOf(orderForm).write(to, [...open.values()]),
    read: (from) => {
      for (const order of listOf(orderForm).read(from)) all.put(order)
      return all
    }
  }
  const ownOrders: Form<AccountOrders> = {
    shape: "own",
    write: (to, own) => {
      to.word(own.account)
      orderPlaces.write(to, own.list)
    },
    read: (from) => new AccountOrders(all, from.word(), orderPlaces.read(from))
  }
  const account = sharedBy(
    recordOf<Account>({
      id: accountId,
      no: count,
      owner: wordOf<OwnerId>(),
      group,
      type: wordOf<Account["type"]>(),
      currency,
      openedAt: wordOf<Time>(),
      balances,
      orders: ownOrders,
      risk: scopeForm,
      scopes: listOf(scopeForm) as unknown as Form<Account["scopes"]>,
      lines: madeAnew(() => new Lines()),
      habits,
      margin
    })
  )
  return recordOf<State>({
    partition: count,
    eventNo: count,
    recordedAt: textOf<Time>(),
    instruments: mapOf(symbol, instrumentForm),
    orders,
    firm: scopeForm,
    groups: mapOf(wordOf<GroupId>(), group),
    accounts: mapOf(accountId, account),
    owners: mapOf(wordOf<OwnerId>(), listOf(account)),
    symbols: mapOf(symbol, scopeForm),
    marks: mapOf(symbol, recordOf<Marked>({ price, holders: setOf(scopeForm) })),
    limitsDueAt: text,
    finished,
    contingencies: mapOf(text, contingency),
    halts: mapOf(text, halt),
    breaches: mapOf(scopeForm, mapOf(wordOf<LossCode>(), text)),
    answered: answeredForm,
    transit: transitForm,
    away: mapOf(accountId, recordOf<Away>({ group: wordOf<GroupId>(), partition: count, no: count, moves: count })),
    accountsOpened: count
  })
}

/**
 * What a state's bytes mean: its fields and their kinds, by themselves, and how they are folded, by this number. **Raise it
 * when the same events give another state than before**; a test tells when that is (tests/golden/README.md).
 */
export const FOLD_VERSION = 1
export const stateFormat = (): string => `${FOLD_VERSION}.${digestOf(stateForm().shape).toString(36)}`

/** All of a state. Equal states give equal bytes. */
export const stateBytes = (state: State): Uint8Array => {
  const to = new ByteWriter()
  stateForm().write(to, state)
  return to.done()
}

/** The state that these are the bytes of, as a replay would have it; throws `UnreadableBytes`. */
export const stateOfBytes = (bytes: Uint8Array): State => {
  const from = new ByteReader(bytes)
  const state = stateForm().read(from)
  from.end()
  return state
}
