import { formatFixed } from "#domain/kernel/money.ts"
import { bookedBy } from "#domain/orders/booked.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import type { Check } from "#domain/risk/check-text.ts"
import { balances } from "#projections/balances/balances.ts"
import { events, type EventRow } from "#projections/events/events.ts"
import { orders } from "#projections/orders/orders.ts"
import { positions } from "#projections/positions/positions.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { Cut, Row, RowStore, RowVersion, Table } from "#streams/ports/row-store.ts"
import { findAll } from "./pnl-at.ts"
import { heldPosition, positionText } from "./position-text.ts"
import { refuse, type Report } from "./report.ts"

/** A row for people: amounts as decimal text. */
export type Shown = Readonly<Record<string, string | number>>

/** One event of an order, with what it did. */
export type StoryEvent = {
  readonly eventNo: number
  readonly type: string
  readonly recordedAt: string
  readonly effectiveAt: string
  readonly actor: string
  /** id of the command that caused it */
  readonly cause: string
  readonly correlation: string
  readonly trace?: string
  readonly commit: { readonly no: number; readonly id: string; readonly hash: string }
  readonly data: unknown
  /** of a risk decision: each check with the numbers that it compared */
  readonly checks?: ReadonlyArray<Check>
  /** of a fill: the double entry, and what the account had after it */
  readonly postings?: ReadonlyArray<{ readonly ledger: string; readonly unit: string; readonly amount: string }>
  readonly positionAfter?: Shown
  readonly balanceAfter?: Shown
}
export type OrderStory = {
  readonly orderId: string
  readonly position: string
  /** the command that placed it: who, under which id, when, what was asked */
  readonly command: {
    readonly id: string
    readonly actor: string
    readonly recordedAt: string
    readonly asked: unknown
  }
  /** the order as it stands at that position */
  readonly order: Shown
  readonly events: ReadonlyArray<StoryEvent>
}

const AT_ONCE = 16 // each fill asks the store twice

export const AUDIT_TABLES = [events, orders, positions, balances] as const

/** Why an order came to be what it is: everything that the ledger says of it, in order. */
export const auditOrder = async (store: RowStore, orderId: string, at?: Cut): Promise<Report<OrderStory>> => {
  const cut = at ?? (await heldPosition(store, AUDIT_TABLES))
  const found = await findAll(store, events, { orderId }, cut)
  const order = await findAll(store, orders, { orderId }, cut)
  const first = found.find(({ row }) => row["type"] === "OrderPlaced")
  if (first === undefined || order.length === 0) {
    const partition = Number(orderId.split("-")[0])
    const where = cut.has(partition)
      ? ` at position ${positionText(cut)}`
      : `: nothing is held of partition ${partition}`
    return refuse("UnknownOrder", `there is no order ${orderId}${where}`)
  }
  const story: Array<StoryEvent> = []
  for (let i = 0; i < found.length; i += AT_ONCE) {
    story.push(...(await Promise.all(found.slice(i, i + AT_ONCE).map((version) => storyEvent(store, version)))))
  }
  const placed = story.find(({ eventNo }) => eventNo === first.eventNo)!
  const { cause: id, actor, recordedAt, data: asked } = placed
  return {
    report: {
      orderId,
      position: positionText(cut),
      command: { id, actor, recordedAt, asked },
      order: shownRow(orders, order[0]!.row),
      events: story
    }
  }
}

const storyEvent = async (store: RowStore, { partition, row }: RowVersion): Promise<StoryEvent> => {
  const {
    eventNo,
    type,
    recordedAt,
    effectiveAt,
    actor,
    cause,
    correlation,
    trace,
    commitNo,
    commitId,
    commitHash,
    data
  } = row as unknown as EventRow
  const event = recordedEvent(row as unknown as EventRow)
  return {
    eventNo,
    type,
    recordedAt,
    effectiveAt,
    actor,
    cause,
    correlation,
    ...(trace !== "" && { trace }),
    commit: { no: commitNo, id: commitId, hash: commitHash },
    data: JSON.parse(data),
    ...(event.type === "OrderRiskDecided" && { checks: event.data.checks.read(event.data.rules) }),
    ...(await afterExecution(store, partition, event))
  }
}

/** The event as the ledger has it, from its row. */
const recordedEvent = ({ account, data, ...row }: EventRow): LedgerEvent =>
  ledgerCodec.decode({ ...row, ...(account !== "" && { account }), data: JSON.parse(data) })

/** Of a fill, a bust or a correction what it booked, and what the account had after it. */
const afterExecution = async (store: RowStore, partition: number, event: LedgerEvent) => {
  const [booked] = bookedBy(event)
  if (booked === undefined) return {}
  const account = event.account ?? ""
  const load = async (table: Table, key: ReadonlyArray<string>) =>
    (await store.load(table, partition, [key], event.eventNo))[0]
  const position = await load(positions, [account, booked.symbol])
  const balance = await load(balances, [account, booked.settlement])
  return {
    postings: postingsOf(event).map(({ ledger, unit, amount }) => ({ ledger, unit, amount: formatFixed(amount) })),
    ...(position !== undefined && { positionAfter: shownRow(positions, position.row) }),
    ...(balance !== undefined && { balanceAfter: shownRow(balances, balance.row) })
  }
}

const shownRow = (table: Table, row: Row): Shown =>
  Object.fromEntries(
    Object.keys(table.columns).map((column) => {
      const cell = row[column]!
      return [column, typeof cell === "bigint" ? formatFixed(cell) : cell]
    })
  )
