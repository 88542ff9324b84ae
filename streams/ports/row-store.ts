/** What a column holds: amounts are bigints of scale 8, times RFC 3339 texts of nine decimals, json is its text. */
export type ColumnKind = "text" | "amount" | "integer" | "time" | "json"
export type Cell = string | number | bigint
export type Row = Readonly<Record<string, Cell>>
/** The values of the key columns, in their order: ids of ASCII characters and whole numbers. */
export type RowKey = ReadonlyArray<string | number>

/** What a store must know of a projection to keep its rows. A column `eventNo` is the number that every row has anyway. */
export type Table = {
  readonly name: string
  readonly version: number
  readonly columns: Readonly<Record<string, ColumnKind>>
  readonly key: ReadonlyArray<string>
}

/** A row as event `eventNo` of `partition` left it. */
export type RowVersion = { readonly partition: number; readonly eventNo: number; readonly row: Row }

/** Up to which event a table holds everything of a partition, and the chain's head there: the reader goes on from it. */
export type StorePosition = { readonly eventNo: number; readonly commitNo: number; readonly hash: string }

/** Up to which event of each partition rows count; a partition that is not named is left out. */
export type Cut = ReadonlyMap<number, number>

/** Rows of one projection on their way into the store. */
export type RowBatch = { readonly table: Table; readonly versions: ReadonlyArray<RowVersion> }
export type PositionOf = { readonly table: Table; readonly partition: number; readonly position: StorePosition }

/** Which rows are wanted. Those of the newest version at the cut count, older ones are not looked at. */
export type RowQuery = {
  /** columns and the value, or one of the values, that each must have */
  readonly where?: Readonly<Record<string, Cell | ReadonlyArray<Cell>>>
  /** a column to sort by before the key */
  readonly orderBy?: string
  readonly descending?: boolean
  /** what {@link cursorOf} says of the last row of the page before */
  readonly after?: ReadonlyArray<Cell>
  readonly limit: number
  /** the stored positions unless given */
  readonly cut?: Cut
}

/**
 * Where projections keep their rows. Every version of a row is kept under (partition, key, eventNo), so that what was
 * shown at an earlier event can be shown again. Every adapter passes `tests/contracts/row-store.ts`.
 */
export type RowStore = {
  /** for messages: `memory`, `clickhouse` and where */
  readonly name: string
  /** Makes the tables that are missing. */
  readonly prepare: (tables: ReadonlyArray<Table>) => Promise<void>
  /** Where a projection stands in every partition; partitions that it never saw are missing. */
  readonly positions: (table: Table) => Promise<ReadonlyMap<number, StorePosition>>
  /** The newest versions of these rows at or before `upTo`; rows that are not there are missing. */
  readonly load: (
    table: Table,
    partition: number,
    keys: ReadonlyArray<RowKey>,
    upTo: number
  ) => Promise<ReadonlyArray<RowVersion>>
  /** Rows first, positions last: what a position says is there. The same rows again change nothing. */
  readonly write: (batches: ReadonlyArray<RowBatch>, positions: ReadonlyArray<PositionOf>) => Promise<void>
  /** The newest version of every row at the cut (the stored positions unless given), sorted by key and partition. */
  readonly rows: (table: Table, cut?: Cut) => AsyncIterable<ReadonlyArray<RowVersion>>
  readonly find: (table: Table, query: RowQuery) => Promise<ReadonlyArray<RowVersion>>
  /** Forgets a projection: its position first, then its rows. */
  readonly drop: (table: Table) => Promise<void>
}

/** Names a version of a projection: `orders_v1`. */
export const tableName = ({ name, version }: Pick<Table, "name" | "version">): string => `${name}_v${version}`

/** The cells by which a query sorts, and the partition: where the next page goes on. */
export const cursorOf = (table: Table, query: Pick<RowQuery, "orderBy">, version: RowVersion): ReadonlyArray<Cell> => [
  ...sortColumns(table, query).map((column) => cellOf(version, column)),
  version.partition
]

/** What rows are sorted by: a column, when one is named, then the key. */
export const sortColumns = (table: Table, { orderBy }: Pick<RowQuery, "orderBy">): ReadonlyArray<string> =>
  orderBy === undefined ? table.key : [orderBy, ...table.key]

/** A column's value; every table has the column `eventNo`. */
export const cellOf = ({ eventNo, row }: RowVersion, column: string): Cell => {
  const cell = column === "eventNo" ? eventNo : row[column]
  if (cell === undefined) throw new Error(`a row has no column ${column}`)
  return cell
}

/** Order of keys: numbers by size, texts by their characters. */
export const compareCells = (a: ReadonlyArray<Cell>, b: ReadonlyArray<Cell>): number => {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1
    if (a[i]! > b[i]!) return 1
  }
  return 0
}
