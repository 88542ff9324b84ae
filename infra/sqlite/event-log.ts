import { existsSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { makeBell } from "#infra/memory/bell.ts"
import { EMPTY_CHAIN } from "#streams/commit.ts"
import { type EventLog, Fenced, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import { diskOf } from "./disk.ts"
import { type CommitsTable, openCommitsTable } from "./commits-table.ts"
import { isStorageTrouble, isTakenId, isUnsure } from "./errors.ts"
import { FolderUnusable, lockFolder } from "./folder-lock.ts"

const POLL_MS = 50

export type SqliteLogOptions = {
  readonly file: string
  /** Reads beside a process that owns the folder, sees what that one appends, and cannot append. */
  readonly readOnly?: boolean
  /** what the file may grow to, where that is less than the disk */
  readonly mostBytes?: number
}

/**
 * The ledger in one SQLite file. Whoever may append owns the file's folder ({@link lockFolder}): a second process is
 * refused. Throws {@link FolderUnusable} when the file cannot be had.
 */
export const openSqliteLog = ({ file, readOnly = false, mostBytes }: SqliteLogOptions): EventLog & LogSpace => {
  const release = readOnly ? () => undefined : lockFolder(dirname(resolve(file)))
  let table: CommitsTable
  try {
    table = openTable(file, readOnly, mostBytes)
  } catch (error) {
    release()
    throw error
  }
  const bell = makeBell()
  let open = true

  async function* read(partition: number, from: number): AsyncGenerator<ReadonlyArray<StoredCommit>> {
    const end = table.head(partition)?.no ?? 0
    for (let next = from; next <= end;) {
      const batch = table.some(partition, next, end)
      if (batch.length === 0) return
      next = batch.at(-1)!.no + 1
      yield batch
      await turn() // reading waits for nothing: the rest of the process has its turn here
    }
  }

  async function* follow(
    partition: number,
    from: number,
    signal: AbortSignal
  ): AsyncGenerator<ReadonlyArray<StoredCommit>> {
    let next = from
    while (!signal.aborted) {
      if (!open) throw new Error(`sqlite:${file} was closed while it was followed`)
      const seen = bell.rings()
      const batch = table.some(partition, next, Number.MAX_SAFE_INTEGER)
      if (batch.length === 0) {
        await bell.wait(seen, signal, POLL_MS) // another process does not ring
        continue
      }
      next = batch.at(-1)!.no + 1
      yield batch
      await turn()
    }
  }

  return {
    name: `sqlite:${file}`,
    head: async (partition) => table.head(partition),
    append: async (commit) => {
      if (readOnly) throw new LogUnavailable(`${file} was opened for reading only`)
      store(table, commit)
      bell.ring()
    },
    read,
    follow,
    partitions: async () => table.partitions(),
    rooms: async () => {
      const disk = await diskOf(file)
      if (mostBytes === undefined) return [disk]
      const freeBytes = Math.max(0, mostBytes - table.usedBytes())
      return [disk, { freeBytes, totalBytes: mostBytes, limit: `the size that ${file} may have` }]
    },
    close: async () => {
      if (!open) return
      open = false
      bell.ring()
      table.close()
      release()
    }
  }
}

const openTable = (file: string, readOnly: boolean, mostBytes: number | undefined): CommitsTable => {
  if (readOnly && !existsSync(file)) throw new FolderUnusable(`There is no ledger at ${file}.`)
  try {
    return openCommitsTable(file, readOnly, mostBytes)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FolderUnusable(`The ledger ${file} cannot be opened: ${reason}.`, { cause })
  }
}

const store = (table: CommitsTable, commit: StoredCommit): void => {
  try {
    table.transaction(() => {
      const { partition } = commit
      const { no, hash } = table.head(partition) ?? EMPTY_CHAIN
      if (commit.no === no + 1 && commit.prev === hash) return table.insert(commit)
      if (table.at(partition, commit.no)?.hash === commit.hash) return undefined // it is here already
      throw new Fenced(`partition ${partition} stands at commit ${no}: commit ${commit.no} does not follow it`)
    })
  } catch (cause) {
    if (isTakenId(cause)) throw new Fenced(`the id ${commit.id} belongs to another commit`, { cause })
    if (!isStorageTrouble(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    // an empty write-ahead file holds nothing that could come back
    if (isUnsure(cause) && !emptied(table)) {
      throw new Error(`commit ${commit.no} of partition ${commit.partition} may or may not be stored: ${reason}`, {
        cause
      })
    }
    throw new LogUnavailable(`the ledger cannot be written: ${reason}`, { cause })
  }
}

const emptied = (table: CommitsTable): boolean => {
  try {
    return table.emptyWal()
  } catch {
    return false
  }
}
