import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Time } from "#domain/kernel/time.ts"

/** What a column holds: amounts are bigints of scale 8, times RFC 3339 texts, json a text. */
export type ColumnKind = "text" | "amount" | "integer" | "time" | "json"
type CellOf<Kind extends ColumnKind> = Kind extends "amount"
  ? bigint
  : Kind extends "integer"
    ? number
    : Kind extends "time"
      ? Time
      : string
export type Columns = Readonly<Record<string, ColumnKind>>
/** A row of these columns. What is not known yet is an empty text, 0, or `1970-01-01`: stores need no nulls. */
export type RowOf<C extends Columns> = { readonly [K in keyof C]: CellOf<C[K]> }

export type LedgerEvent = Recorded<AccountEvent>
/** Where an event stands in the log: for the audit trail, and left out of content hashes. */
export type CommitPlace = { readonly no: number; readonly id: string; readonly hash: string }

/**
 * A fact and a row give the next row. It does not know where rows are kept: the store adds `partition` and `eventNo`,
 * keeps one row for each (key, eventNo), and shows the newest at or before a position.
 * A changed fold takes a new version and is rebuilt from the first event.
 */
export type Projection<C extends Columns = Columns> = {
  readonly name: string
  readonly version: number
  readonly columns: C
  /** the columns that identify a row */
  readonly key: ReadonlyArray<keyof C & string>
  /** the rows that an event changes, each by its key columns' values; none when it does not concern this projection */
  readonly keysOf: (event: LedgerEvent) => ReadonlyArray<ReadonlyArray<string | number>>
  /** the row before anything happened to it */
  readonly empty: (key: ReadonlyArray<string | number>) => RowOf<C>
  /** the row itself when nothing changes: then nothing is stored */
  readonly fold: (row: RowOf<C>, event: LedgerEvent, place: CommitPlace) => RowOf<C>
  /** columns that content hashes leave out (commit number, id, hash, trace) */
  readonly unhashed?: ReadonlyArray<keyof C & string>
  /** a row that no later event will touch: it need not be kept in memory */
  readonly isFinished?: (row: RowOf<C>) => boolean
}

export const NONE: ReadonlyArray<ReadonlyArray<string>> = []
export const NEVER = "1970-01-01T00:00:00.000000000Z" as Time

/** A projection with its row type kept for those who read it, and hidden from the loop that runs many of them. */
export const define = <const C extends Columns>(projection: Projection<C>): Projection<C> => projection
