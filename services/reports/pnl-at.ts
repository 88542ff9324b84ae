import type { MovedGroup } from "#domain/account/move-events.ts"
import { balances, type BalanceRow } from "#projections/balances/balances.ts"
import { events, type EventRow } from "#projections/events/events.ts"
import { marks, type MarkRow } from "#projections/marks/marks.ts"
import { balancesEverywhere, positionsEverywhere } from "#projections/pnl/everywhere.ts"
import { pnlReport } from "#projections/pnl/report.ts"
import { positions } from "#projections/positions/positions.ts"
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
  // who has moved is where the group came last: what is held there counts, and the marks that are recorded beside it
  const { partition } = money.reduce((last, row) => (isLater(row, last) ? row : last))
  const placed = <R>(versions: ReadonlyArray<RowVersion>) =>
    versions.map((version) => ({ row: version.row as R, isHere: version.partition === partition }))
  const own = positionsEverywhere(placed(await findAll(store, positions, { account }, cut)))
  const symbols = own.map(({ symbol }) => symbol)
  const here = new Map([[partition, cut.get(partition) ?? 0]])
  const marked = symbols.length === 0 ? [] : rowsOf<MarkRow>(await findAll(store, marks, { symbol: symbols }, here))
  const rows = {
    balances: balancesEverywhere(placed(money)),
    positions: own,
    marks: new Map(marked.map((mark) => [mark.symbol as string, mark]))
  }
  return {
    report: {
      position: positionText(cut),
      ...pnlReport(account, currency ?? (await ownCurrency(store, account, cut)), rows)
    }
  }
}

const isLater = (row: RowVersion, other: RowVersion): boolean => {
  const [moves, others] = [row, other].map((version) => (version.row as unknown as BalanceRow).moves) as [
    number,
    number
  ]
  return moves === others ? row.eventNo > other.eventNo : moves > others
}

const ownCurrency = async (store: RowStore, account: string, cut: Cut): Promise<string> => {
  const [opened] = await findEvents(store, { type: "AccountOpened", account }, cut)
  if (opened !== undefined) return String((opened as { readonly currency: string }).currency)
  // it was opened in a partition that is not asked for
  for (const type of ["GroupMovedIn", "GroupReturned"])
    for (const event of await findEvents(store, { type }, cut)) {
      const { accounts } = (event as { readonly moved: MovedGroup }).moved
      const found = accounts.find((moved) => moved.account === account)
      if (found !== undefined) return found.currency
    }
  throw new Error(`account ${account} has a balance and was never opened`)
}
const findEvents = async (
  store: RowStore,
  where: NonNullable<RowQuery["where"]>,
  cut: Cut
): Promise<ReadonlyArray<unknown>> =>
  rowsOf<EventRow>(await findAll(store, events, where, cut)).map(({ data }) => JSON.parse(data) as unknown)

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
