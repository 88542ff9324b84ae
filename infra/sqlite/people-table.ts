import { DatabaseSync } from "node:sqlite"
import type { OwnerId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { KnownPerson, Person } from "#streams/ports/people.ts"

const SCHEMA = `
  create table if not exists people (
    owner TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    address TEXT,
    updated_at TEXT NOT NULL
  ) strict;
  create table if not exists forgotten (
    owner TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    gone INTEGER NOT NULL
  ) strict`

/** The two tables of people. All calls are synchronous. */
export type PeopleTable = {
  readonly find: (owner: OwnerId) => KnownPerson | undefined
  readonly put: (owner: OwnerId, person: Person, at: Time) => void
  /** In one transaction: the person's row goes, the moment stays, marked as not yet gone from the file. */
  readonly forget: (owner: OwnerId, at: Time) => void
  /** Whether bytes of somebody who was forgotten may be left: a process may end between forgetting and cleaning. */
  readonly isUnclean: () => boolean
  /** Writes the file anew with what is known only, and empties the write-ahead file; false when a reader is in the way. */
  readonly clean: () => boolean
  readonly close: () => void
}

export const openPeopleTable = (file: string, readOnly: boolean): PeopleTable => {
  const db = new DatabaseSync(file, { readOnly, timeout: 2_000 })
  try {
    if (!readOnly) prepareForWriting(db)
    return tableOn(db)
  } catch (error) {
    db.close()
    throw error
  }
}

// secure_delete: what is deleted or replaced is overwritten with zeros at once. temp_store: rewriting the file leaves
// no second copy in a temporary one. fullfsync: on macOS an ordinary fsync leaves the bytes in the drive's cache.
const prepareForWriting = (db: DatabaseSync): void =>
  db.exec(`
    pragma secure_delete = on;
    pragma temp_store = memory;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma fullfsync = 1;
    ${SCHEMA}`)

const tableOn = (db: DatabaseSync): PeopleTable => {
  const known = db.prepare("select name, email, phone, address, updated_at from people where owner = ?")
  const forgotten = db.prepare("select at from forgotten where owner = ?")
  const insert = db.prepare("insert or replace into people values (?, ?, ?, ?, ?, ?)")
  const emptyWal = (): boolean => db.prepare("pragma wal_checkpoint(truncate)").get()?.["busy"] === 0
  return {
    find: (owner) => {
      const gone = forgotten.get(owner)
      if (gone !== undefined) return { kind: "forgotten", owner, forgottenAt: gone["at"] as Time }
      const row = known.get(owner)
      return row === undefined ? undefined : { kind: "known", owner, ...personOf(row) }
    },
    put: (owner, { name, email, phone, address }, at) =>
      void insert.run(owner, name, email ?? null, phone ?? null, address ?? null, at),
    forget: (owner, at) => {
      db.exec("begin immediate")
      try {
        db.prepare("insert into forgotten values (?, ?, 0)").run(owner, at)
        db.prepare("delete from people where owner = ?").run(owner)
        db.exec("commit")
      } catch (error) {
        if (db.isTransaction) db.exec("rollback")
        throw error
      }
    },
    isUnclean: () => db.prepare("select 1 from forgotten where gone = 0 limit 1").get() !== undefined,
    clean: () => {
      db.exec("vacuum")
      // once for the old pages, and once for the page that says so
      if (!emptyWal()) return false
      db.exec("update forgotten set gone = 1 where gone = 0")
      return emptyWal()
    },
    close: () => db.close()
  }
}

type Row = NonNullable<ReturnType<ReturnType<DatabaseSync["prepare"]>["get"]>>

const personOf = (row: Row): { readonly person: Person; readonly updatedAt: Time } => {
  const optional = (column: "email" | "phone" | "address") =>
    row[column] === null ? undefined : { [column]: String(row[column]) }
  return {
    person: { name: String(row["name"]), ...optional("email"), ...optional("phone"), ...optional("address") },
    updatedAt: String(row["updated_at"]) as Time
  }
}
