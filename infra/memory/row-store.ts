import {
  type Cell,
  cellOf,
  compareCells,
  type Cut,
  cursorOf,
  type RowKey,
  type RowQuery,
  type RowStore,
  type RowVersion,
  type StorePosition,
  type Table,
  tableName
} from "#streams/ports/row-store.ts"

/** One projection: the versions of each row in the order of their event numbers. */
type Kept = { readonly rows: Map<string, Array<RowVersion>>; readonly positions: Map<number, StorePosition> }

const BATCH = 4_096

/** Rows that live as long as their process: for tests, simulation and reports from a ledger alone. */
export const memoryRows = (): RowStore => {
  const tables = new Map<string, Kept>()
  const keptOf = (table: Table): Kept => {
    const kept = tables.get(tableName(table))
    if (kept === undefined) throw new Error(`there is no table ${tableName(table)}: prepare it first`)
    return kept
  }
  const newest = (table: Table, cut?: Cut): Array<RowVersion> => {
    const kept = keptOf(table)
    const until = cut ?? new Map([...kept.positions].map(([partition, { eventNo }]) => [partition, eventNo]))
    return [...kept.rows.values()].flatMap((versions) => {
      const found = at(versions, until.get(versions[0]!.partition) ?? -1)
      return found === undefined ? [] : [found]
    })
  }
  const sorted = (table: Table, query: Pick<RowQuery, "orderBy" | "descending">, versions: Array<RowVersion>) => {
    const cursors = new Map(versions.map((version) => [version, cursorOf(table, query, version)]))
    const sign = query.descending === true ? -1 : 1
    return versions.sort((a, b) => sign * compareCells(cursors.get(a)!, cursors.get(b)!))
  }
  return {
    name: "memory",
    prepare: async (wanted) => {
      for (const table of wanted) {
        if (!tables.has(tableName(table))) tables.set(tableName(table), { rows: new Map(), positions: new Map() })
      }
    },
    positions: async (table) => new Map(tables.get(tableName(table))?.positions),
    load: async (table, partition, keys, upTo) => {
      const { rows } = keptOf(table)
      return keys.flatMap((key) => at(rows.get(idOf(partition, key)) ?? [], upTo) ?? [])
    },
    write: async (batches, positions) => {
      for (const { table, versions } of batches) {
        const { rows } = keptOf(table)
        for (const version of versions) keep(rows, idOf(version.partition, keyOf(table, version)), version)
      }
      for (const { table, partition, position } of positions) keptOf(table).positions.set(partition, position)
    },
    async *rows(table, cut) {
      const all = sorted(table, {}, newest(table, cut))
      for (let i = 0; i < all.length; i += BATCH) yield all.slice(i, i + BATCH)
    },
    find: async (table, query) => {
      const { where = {}, after, limit, descending = false, cut } = query
      const tests = Object.entries(where).map(([column, wanted]) => [column, new Set(asList(wanted))] as const)
      const matching = newest(table, cut).filter((version) =>
        tests.every(([column, set]) => set.has(cellOf(version, column)))
      )
      const beyond = (version: RowVersion) =>
        after === undefined || compareCells(cursorOf(table, query, version), after) * (descending ? -1 : 1) > 0
      return sorted(table, query, matching.filter(beyond)).slice(0, limit)
    },
    drop: async (table) => {
      tables.delete(tableName(table))
    }
  }
}

const asList = (wanted: Cell | ReadonlyArray<Cell>): ReadonlyArray<Cell> =>
  typeof wanted === "object" ? wanted : [wanted]
const keyOf = (table: Table, version: RowVersion): ReadonlyArray<Cell> =>
  table.key.map((column) => cellOf(version, column))
const idOf = (partition: number, key: RowKey | ReadonlyArray<Cell>): string => `${partition}\n${key.join("\n")}`

const keep = (rows: Map<string, Array<RowVersion>>, id: string, version: RowVersion): void => {
  const versions = rows.get(id)
  if (versions === undefined) return void rows.set(id, [version])
  let place = versions.length
  while (place > 0 && versions[place - 1]!.eventNo > version.eventNo) place--
  const isRepeat = versions[place - 1]?.eventNo === version.eventNo
  versions.splice(isRepeat ? place - 1 : place, isRepeat ? 1 : 0, version)
}

/** The newest version at or before an event. */
const at = (versions: ReadonlyArray<RowVersion>, eventNo: number): RowVersion | undefined =>
  versions.findLast((version) => version.eventNo <= eventNo)
