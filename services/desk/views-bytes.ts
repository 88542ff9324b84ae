import { count, listOf, mapOf, real, recordOf, setOf, text, wordOf, type Form } from "#domain/bytes/form.ts"
import { ByteReader } from "#domain/bytes/reader.ts"
import { ByteWriter } from "#domain/bytes/writer.ts"
import { digestOf } from "#domain/kernel/chance.ts"
import type { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import { balances } from "#projections/balances/balances.ts"
import { executions } from "#projections/executions/executions.ts"
import { marks } from "#projections/marks/marks.ts"
import { orders } from "#projections/orders/orders.ts"
import { positions } from "#projections/positions/positions.ts"
import type { OrderView } from "./bodies.ts"
import { LiveOrders } from "./live-orders.ts"
import { LivePnl, type PnlRows } from "./live-pnl.ts"
import { rowForm } from "./row-bytes.ts"
import type { SessionId } from "./session-id.ts"
import { SessionMarks } from "./session-marks.ts"
import { Views, type OnOpened } from "./views.ts"

const order: Form<OrderView> = recordOf<OrderView>({
  row: rowForm(orders),
  eventNo: count,
  fills: listOf(rowForm(executions))
})
const pnl: Form<PnlRows> = recordOf<PnlRows>({
  eventNo: count,
  balances: mapOf(text, rowForm(balances)),
  positions: mapOf(text, rowForm(positions)),
  marks: mapOf(text, rowForm(marks)),
  currencies: mapOf(wordOf<AccountId>(), wordOf<Currency>()),
  symbols: mapOf(wordOf<AccountId>(), setOf(wordOf<Symbol>()))
})
type Told = {
  readonly open: ReadonlyArray<OrderView>
  readonly finished: ReadonlyArray<OrderView>
  readonly pnl: PnlRows
  readonly sessions: ReadonlyMap<SessionId, number>
  readonly mdNo: number
}
const told = recordOf<Told>({
  open: listOf(order),
  finished: listOf(order),
  pnl,
  sessions: mapOf(wordOf<SessionId>(), count),
  mdNo: real
})

/** What the bytes mean: the columns, and the folds' own versions, which are raised when a fold changes. */
export const viewsFormat = (): string => {
  const versions = [orders, executions, balances, positions, marks].map(({ name, version }) => `${name}${version}`)
  return `${versions.join()}.${digestOf(told.shape).toString(36)}`
}

/** All that is folded of a partition for those who ask. */
export const viewsBytes = (views: Views): Uint8Array => {
  const to = new ByteWriter()
  told.write(to, {
    open: [...views.orders.open()],
    finished: [...views.orders.finished()],
    pnl: views.pnl.rows(),
    sessions: views.sessionMarks.all(),
    mdNo: views.mdNo
  })
  return to.done()
}

/** The views that these are the bytes of; throws `UnreadableBytes`. `onOpened` hears of accounts that are opened later. */
export const viewsOfBytes = (bytes: Uint8Array, onOpened?: OnOpened): Views => {
  const from = new ByteReader(bytes)
  const { open, finished, pnl: rows, sessions, mdNo } = told.read(from)
  from.end()
  return new Views(onOpened, {
    orders: LiveOrders.of(open, finished),
    pnl: LivePnl.of(rows),
    sessionMarks: SessionMarks.of(sessions),
    mdNo
  })
}
