import type { AccountEvent } from "#domain/account/events.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import { readChecked } from "#streams/chain.ts"
import { contentHash, lineOf } from "#streams/content-hash.ts"
import { eventsOf } from "#streams/commit-events.ts"
import { eventReader, type CommitPlace, type RowFold } from "#streams/fold.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import {
  cellOf,
  compareCells,
  type Cut,
  type RowStore,
  type RowVersion,
  type StorePosition
} from "#streams/ports/row-store.ts"
import { positionText } from "#services/reports/position-text.ts"
import type { Fault, PartitionFindings } from "./verify-ledger.ts"

/** A projection as a fresh fold makes it, at the position where the store stands. */
export type ComparedTable = {
  readonly name: string
  readonly version: number
  readonly position: string
  readonly rows: number
  readonly hash: string
  readonly compared: boolean
  readonly storedHash?: string
  readonly fault?: Fault
}

type Expected = {
  readonly table: RowFold<LedgerEvent>
  /** undefined: there is no store, the fold goes to the ledger's end */
  readonly stored: ReadonlyMap<number, StorePosition> | undefined
  readonly fresh: ReturnType<typeof freshRows<LedgerEvent>>
}

/**
 * Fresh folds of each projection up to where the store stands, fed with events while the ledger is read: of the partitions
 * that are asked for, of all that ledger (`held`) and store have where none are.
 */
export const expectations = async (
  tables: ReadonlyArray<RowFold<LedgerEvent>>,
  store: RowStore | undefined,
  held: ReadonlyArray<number>,
  asked: ReadonlyArray<number> | undefined
) => {
  await store?.prepare(tables)
  const all: ReadonlyArray<Expected> = await Promise.all(
    tables.map(async (table) => {
      const kept = await store?.positions(table)
      const stored = kept && new Map([...kept].filter(([partition]) => asked?.includes(partition) ?? true))
      return { table, stored, fresh: freshRows([table], { partitions: Math.max(held.length, stored?.size ?? 0) }) }
    })
  )
  return {
    all,
    fold: (partition: number, event: LedgerEvent, place: CommitPlace): void => {
      for (const { stored, fresh } of all) if (counts(stored, partition, event)) fresh.fold(partition, event, place)
    }
  }
}

const counts = (stored: Expected["stored"], partition: number, event: LedgerEvent): boolean =>
  stored === undefined || event.eventNo <= (stored.get(partition)?.eventNo ?? 0)

/** Compares what the store holds with the fresh folds. What lies behind a bad commit cannot be compared. */
export const compareWithStore = async (
  { all }: { readonly all: ReadonlyArray<Expected> },
  log: EventLog,
  partitions: ReadonlyArray<PartitionFindings>,
  store: RowStore | undefined
): Promise<ReadonlyArray<ComparedTable>> => {
  const compared: Array<ComparedTable> = []
  for (const one of all) {
    const { table, stored, fresh } = one
    const { rows, hash } = fresh.hashes()[0]!
    const at = stored ?? new Map(partitions.map(({ partition, events }) => [partition, { eventNo: events }]))
    const position = positionText(new Map([...at].map(([partition, { eventNo }]) => [partition, eventNo])))
    const head = { name: table.name, version: table.version, position, rows, hash }
    if (store === undefined || stored === undefined) {
      compared.push({ ...head, compared: false })
      continue
    }
    const misplaced = misplacedAt(table, stored, partitions)
    if (misplaced !== undefined) {
      compared.push({ ...head, compared: false, fault: misplaced })
      continue
    }
    const { hash: storedHash } = await contentHash(table, store.rows(table, cutAt(stored)))
    const fault =
      storedHash === hash ? undefined : { check: "projections", reason: await differenceIn(one, log, store) }
    compared.push({ ...head, compared: true, storedHash, ...(fault !== undefined && { fault }) })
  }
  return compared
}

/** Where the store stood when the fold began: a platform that runs has gone on since. */
const cutAt = (stored: ReadonlyMap<number, StorePosition>): Cut =>
  new Map([...stored].map(([partition, { eventNo }]) => [partition, eventNo]))

/** A store may only stand where the ledger was found sound. */
const misplacedAt = (
  { name }: RowFold<LedgerEvent>,
  stored: ReadonlyMap<number, StorePosition>,
  partitions: ReadonlyArray<PartitionFindings>
): Fault | undefined => {
  for (const { partition, head, faults } of partitions) {
    const at = stored.get(partition)
    if (at === undefined || at.commitNo <= head.no) continue
    const reason =
      faults.length > 0
        ? `${name} stands at commit ${at.commitNo} of partition ${partition}, behind the bad one: it cannot be compared`
        : `${name} stands at commit ${at.commitNo} of partition ${partition}, and the ledger ends at commit ${head.no}: it lost its end, or is another one`
    return { check: "projections", reason, partition }
  }
  return undefined
}

/** The first row that differs, found by folding once more with all rows kept. */
const differenceIn = async (
  { table, stored = new Map<number, StorePosition>() }: Expected,
  log: EventLog,
  store: RowStore
): Promise<string> => {
  const fresh = freshRows([table], { keepAll: true })
  for (const partition of stored.keys()) {
    const decode = eventReader<AccountEvent>((commit) => eventsOf(ledgerCodec, commit), 0)
    for await (const batch of readChecked(log, partition)) {
      for (const commit of batch) {
        for (const event of decode(commit))
          if (counts(stored, partition, event)) fresh.fold(partition, event, commit.stored)
      }
    }
  }
  const line = lineOf(table)
  const keyOf = (version: RowVersion) => [...table.key.map((column) => cellOf(version, column)), version.partition]
  const named = (version: RowVersion) => table.key.map((column) => cellOf(version, column)).join(" ")
  const expected = fresh.rows(table.name)
  let i = 0
  for await (const batch of store.rows(table, cutAt(stored))) {
    for (const version of batch) {
      const other = expected[i++]
      const order = other === undefined ? -1 : compareCells(keyOf(version), keyOf(other))
      if (order < 0) return `${table.name} has a row ${named(version)} that the ledger does not give`
      if (order > 0) return `${table.name} lacks the row ${named(other!)}`
      if (line(version) !== line(other!)) return `${table.name}: the row ${named(version)} is not what the ledger gives`
    }
  }
  const missing = expected[i]
  return missing === undefined
    ? `${table.name} differs from a fresh fold`
    : `${table.name} lacks the row ${named(missing)}`
}
