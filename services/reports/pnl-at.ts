import { balances, type BalanceRow } from "#projections/balances/balances.ts"
import { events, type EventRow } from "#projections/events/events.ts"
import { marks, type MarkRow } from "#projections/marks/marks.ts"
import { pnlReport } from "#projections/pnl/report.ts"
import { positions, type PositionRow } from "#projections/positions/positions.ts"
import type { Cell, Cut, RowQuery, RowStore, RowVersion, Table } from "#streams/ports/row-store.ts"
import { cursorOf } from "#streams/ports/row-store.ts"
import { heldPosition, notReached, positionText } from "./position-text.ts"
import { refuse, type Report } from "./report.ts"

export type PnlQuestion = {
  readonly account: string
  /** the account's own unless given */
  readonly currency?: string
  /** as it was then; without it, up to where the store is filled */
  readonly at?: Cut
}
/** The report with the position that it holds for: the same position, the same bytes. */
export type PnlAt = { readonly position: string } & ReturnType<typeof pnlReport>

/** The tables that it is made from; `events` only to look up an account's own currency. */
export const PNL_TABLES = [balances, positions, marks, events] as const

/** P&L of an account by average cost, from what the store holds at one position. */
export const pnlAt = async (store: RowStore, { account, currency, at }: PnlQuestion): Promise<Report<PnlAt>> => {
  const held = await heldPosition(store, PNL_TABLES)
  const missing = at === undefined ? undefined : notReached(held, at)
  if (missing !== undefined) return refuse("PositionNotReached", missing)
  const cut = at ?? held
  const money = await findAll(store, balances, { account }, cut)
  if (money.length === 0) {
    return refuse("UnknownAccount", `there is no account ${account} at position ${positionText(cut)}`)
  }
  // marks are recorded in every partition: those beside the account's own events count
  const { partition } = money.reduce((newest, row) => (row.eventNo > newest.eventNo ? row : newest))
  const here = new Map([[partition, cut.get(partition) ?? 0]])
  const own = rowsOf<PositionRow>(await findAll(store, positions, { account }, here))
  const symbols = own.map(({ symbol }) => symbol)
  const marked = symbols.length === 0 ? [] : rowsOf<MarkRow>(await findAll(store, marks, { symbol: symbols }, here))
  const rows = {
    balances: rowsOf<BalanceRow>(money),
    positions: own,
    marks: new Map(marked.map((mark) => [mark.symbol as string, mark]))
  }
  return {
    report: {
      position: positionText(cut),
      ...pnlReport(account, currency ?? (await ownCurrency(store, account, here)), rows)
    }
  }
}

const ownCurrency = async (store: RowStore, account: string, cut: Cut): Promise<string> => {
  const query = { where: { type: "AccountOpened", account }, limit: 1, cut }
  const [opened] = rowsOf<EventRow>(await store.find(events, query))
  if (opened === undefined) throw new Error(`account ${account} has a balance and was never opened`)
  return String((JSON.parse(opened.data) as { currency: string }).currency)
}

const PAGE = 1_000

/** Every row that has these values, page by page. */
export const findAll = async (
  store: RowStore,
  table: Table,
  where: NonNullable<RowQuery["where"]>,
  cut: Cut
): Promise<ReadonlyArray<RowVersion>> => {
  const found: Array<RowVersion> = []
  let after: ReadonlyArray<Cell> | undefined
  for (;;) {
    const page = await store.find(table, { where, limit: PAGE, cut, ...(after !== undefined && { after }) })
    found.push(...page)
    if (page.length < PAGE) return found
    after = cursorOf(table, {}, page.at(-1)!)
  }
}

/** Rows under the type that their projection gives them. */
export const rowsOf = <R>(versions: ReadonlyArray<RowVersion>): ReadonlyArray<R> => versions.map(({ row }) => row as R)
