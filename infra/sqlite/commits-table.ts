import { DatabaseSync } from "node:sqlite"
import type { StoredCommit } from "#streams/ports/event-log.ts"

const BATCH_COMMITS = 256
const BATCH_BYTES = 4_000_000

const SCHEMA = `
  create table if not exists commits (
    partition INTEGER NOT NULL,
    no INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    prev TEXT NOT NULL,
    root TEXT NOT NULL,
    hash TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (partition, no)
  )`

/** The table of commits in one SQLite file. All calls are synchronous and leave no statement open. */
export type CommitsTable = {
  readonly head: (partition: number) => StoredCommit | undefined
  readonly at: (partition: number, no: number) => StoredCommit | undefined
  readonly partitions: () => ReadonlyArray<number>
  /** From number `from` up to `to`: as many as make a batch, so that nothing is left open while others run. */
  readonly some: (partition: number, from: number, to: number) => ReadonlyArray<StoredCommit>
  /** Runs `work` in a transaction that nobody else writes beside, durable when it returns. */
  readonly transaction: (work: () => void) => void
  readonly insert: (commit: StoredCommit) => void
  /** Moves everything from the write-ahead file into the database; whether nothing is left in it. */
  readonly emptyWal: () => boolean
  /** what the commits take in the file */
  readonly usedBytes: () => number
  readonly close: () => void
}

export const openCommitsTable = (file: string, readOnly: boolean, mostBytes?: number): CommitsTable => {
  const db = new DatabaseSync(file, { readOnly, timeout: 2_000 })
  try {
    if (!readOnly) prepareForWriting(db)
    if (mostBytes !== undefined) db.exec(`pragma max_page_count = ${Math.floor(mostBytes / pragma(db, "page_size"))}`)
    return tableOn(db)
  } catch (error) {
    db.close()
    throw error
  }
}

const prepareForWriting = (db: DatabaseSync): void => {
  // fullfsync: on macOS an ordinary fsync leaves the bytes in the drive's cache
  db.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma fullfsync = 1;
    pragma wal_autocheckpoint = 4000;
    ${SCHEMA}`)
}

const pragma = (db: DatabaseSync, name: string): number => Number(db.prepare(`pragma ${name}`).get()?.[name])

const tableOn = (db: DatabaseSync): CommitsTable => {
  const columns = "partition, no, id, prev, root, hash, body"
  const head = db.prepare(`select ${columns} from commits where partition = ? order by no desc limit 1`)
  const at = db.prepare(`select ${columns} from commits where partition = ? and no = ?`)
  const range = db.prepare(
    `select ${columns} from commits where partition = ? and no between ? and ? order by no limit ${BATCH_COMMITS}`
  )
  const insert = db.prepare(`insert into commits (${columns}) values (?, ?, ?, ?, ?, ?, ?)`)
  const one = (row: Row | undefined) => (row === undefined ? undefined : commitOf(row))
  return {
    head: (partition) => one(head.get(partition)),
    at: (partition, no) => one(at.get(partition, no)),
    partitions: () =>
      db
        .prepare("select distinct partition from commits order by partition")
        .all()
        .map((row) => Number(row["partition"])),
    some: (partition, from, to) => {
      const commits: Array<StoredCommit> = []
      let bytes = 0
      try {
        for (const row of range.iterate(partition, from, to)) {
          const commit = commitOf(row)
          commits.push(commit)
          if ((bytes += commit.body.length) >= BATCH_BYTES) break
        }
      } catch (error) {
        if (commits.length === 0) throw error // what stands before a damaged page is given first
      }
      return commits
    },
    transaction: (work) => {
      db.exec("begin immediate")
      try {
        work()
        db.exec("commit")
      } catch (error) {
        if (db.isTransaction) db.exec("rollback")
        throw error
      }
    },
    insert: ({ partition, no, id, prev, root, hash, body }) => {
      insert.run(partition, no, id, prev, root, hash, body)
    },
    usedBytes: () => (pragma(db, "page_count") - pragma(db, "freelist_count")) * pragma(db, "page_size"),
    emptyWal: () => db.prepare("pragma wal_checkpoint(truncate)").get()?.["busy"] === 0,
    close: () => db.close()
  }
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["all"]>[number]

/** SQLite lets any column hold any type: damage shows in the chain, not as an error of JavaScript here. */
const commitOf = (row: Row): StoredCommit => {
  const body = row["body"]
  return {
    partition: Number(row["partition"]),
    no: Number(row["no"]),
    id: String(row["id"]),
    prev: String(row["prev"]),
    root: String(row["root"]),
    hash: String(row["hash"]),
    body: body instanceof Uint8Array ? body : Buffer.from(String(body), "utf8")
  }
}
