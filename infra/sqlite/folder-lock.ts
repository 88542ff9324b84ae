import { accessSync, constants, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { makeFolders } from "#infra/folder/make-folders.ts"
import { isBusy } from "./errors.ts"

/** The data folder cannot be used; the message says why and what to do. */
export class FolderUnusable extends Error {
  override readonly name = "FolderUnusable"
}

type Held = { holders: number; readonly free: () => void }
const held = new Map<string, Held>()

/**
 * Makes this process the owner of a data folder until the returned function is called or the process ends, however it
 * ends. Within one process a folder may be locked several times. Throws {@link FolderUnusable}.
 */
export const lockFolder = (dir: string): (() => void) => {
  const path = usable(dir)
  const lock = held.get(path) ?? { holders: 0, free: takeLock(path) }
  lock.holders++
  held.set(path, lock)
  let released = false
  return () => {
    if (released) return
    released = true
    if (--lock.holders > 0) return
    held.delete(path)
    lock.free()
  }
}

const usable = (dir: string): string => {
  try {
    makeFolders(dir)
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(dir)
  } catch (cause) {
    throw unwritable(dir, cause)
  }
}

/** SQLite's lock on a file is the operating system's: it is gone with its process, and no stale one has to be judged. */
const takeLock = (dir: string): (() => void) => {
  const pidFile = join(dir, "owner.pid")
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(join(dir, "owner.lock"), { timeout: 0 })
    db.exec("pragma journal_mode = off; begin immediate")
    writeFileSync(pidFile, `${process.pid}\n`)
  } catch (cause) {
    db?.close()
    throw isBusy(cause) ? ownedByAnother(dir, pidFile) : unwritable(dir, cause)
  }
  const open = db
  return () => {
    rmSync(pidFile, { force: true })
    open.close()
  }
}

const ownedByAnother = (dir: string, pidFile: string): FolderUnusable => {
  let who = "another running instance"
  try {
    who += ` (process ${Number(readFileSync(pidFile, "utf8"))})`
  } catch {
    // the owner has not written its number yet
  }
  return new FolderUnusable(
    `The data folder ${dir} is in use by ${who}. Stop that one, or give this one another folder (TRADE2026_DATA).`
  )
}

const unwritable = (dir: string, cause: unknown): FolderUnusable => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new FolderUnusable(
    `The data folder ${dir} cannot be written: ${reason}. Make it writable, or name another one (TRADE2026_DATA).`,
    { cause }
  )
}
