import { dirname, resolve } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setImmediate as turn } from "node:timers/promises"
import type { Time } from "#domain/kernel/time.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import type { RawChannel, RawRecord, RawStore } from "#streams/ports/raw-store.ts"
import { diskOf } from "./disk.ts"
import { isStorageTrouble } from "./errors.ts"
import { lockFolder } from "./folder-lock.ts"

const BATCH = 256
const SCHEMA = `
  create table if not exists raw (
    venue TEXT NOT NULL,
    channel TEXT NOT NULL,
    no INTEGER NOT NULL,
    at TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (venue, channel, no)
  ) without rowid`

export type SqliteRawOptions = {
  readonly file: string
  /** messages that came before are forgotten when it is opened, except those in suspense */
  readonly forgetBefore?: Time
}

/** Raw messages in one SQLite file beside the ledger, on disk when they are acknowledged. */
export const openSqliteRaw = ({ file, forgetBefore }: SqliteRawOptions): RawStore & LogSpace => {
  const release = lockFolder(dirname(resolve(file)))
  let db: DatabaseSync
  try {
    db = openFile(file, forgetBefore)
  } catch (cause) {
    release()
    throw new Error(`The raw messages in ${file} cannot be opened: ${(cause as Error).message}.`, { cause })
  }
  const insert = db.prepare("insert into raw (venue, channel, no, at, bytes) values (?, ?, ?, ?, ?)")
  const clear = db.prepare("delete from raw where venue = ? and channel = ? and no < ?")
  const last = db.prepare("select no, at, bytes from raw where venue = ? and channel = ? order by no desc limit 1")
  const some = db.prepare(
    `select no, at, bytes from raw where venue = ? and channel = ? and no between ? and ? order by no limit ${BATCH}`
  )
  const newest = ({ venue, channel }: RawChannel) => recordOf(last.get(venue, channel))

  const store = (place: RawChannel, records: ReadonlyArray<Omit<RawRecord, "no">>): ReadonlyArray<number> => {
    const { venue, channel } = place
    db.exec("begin immediate")
    try {
      let no = newest(place)?.no ?? 0
      const numbers = records.map(({ at, bytes }) => {
        insert.run(venue, channel, ++no, at, bytes)
        return no
      })
      if (channel === "settled") clear.run(venue, channel, no) // only the newest says anything
      db.exec("commit")
      return numbers
    } catch (error) {
      if (db.isTransaction) db.exec("rollback")
      throw error
    }
  }

  return {
    name: `sqlite:${file}`,
    append: async (place, records) => {
      try {
        return store(place, records)
      } catch (cause) {
        if (!isStorageTrouble(cause)) throw cause
        throw new LogUnavailable(`raw messages cannot be written: ${(cause as Error).message}`, { cause })
      }
    },
    async *read(place, from) {
      const end = newest(place)?.no ?? 0
      for (let next = from; next <= end;) {
        const batch = some.all(place.venue, place.channel, next, end).map((row) => recordOf(row)!)
        if (batch.length === 0) return
        next = batch.at(-1)!.no + 1
        yield batch
        await turn()
      }
    },
    newest: async (place) => newest(place),
    rooms: async () => [await diskOf(file)],
    close: async () => {
      if (!db.isOpen) return
      db.close()
      release()
    }
  }
}

const openFile = (file: string, forgetBefore: Time | undefined): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: 2_000 })
  try {
    db.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma fullfsync = 1;
      ${SCHEMA}`)
    if (forgetBefore !== undefined) {
      // the newest stays, so that numbers go on where they were
      db.prepare(
        `delete from raw where channel = 'reports' and at < ?
         and no < (select max(no) from raw newest where newest.venue = raw.venue and newest.channel = raw.channel)`
      ).run(forgetBefore)
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["get"]>

const recordOf = (row: Row): RawRecord | undefined => {
  if (row === undefined) return undefined
  const bytes = row["bytes"]
  return {
    no: Number(row["no"]),
    at: String(row["at"]) as Time,
    bytes: bytes instanceof Uint8Array ? bytes : Buffer.from(String(bytes), "utf8")
  }
}
