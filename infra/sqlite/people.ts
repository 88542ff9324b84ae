import { once } from "node:events"
import { existsSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { Worker } from "node:worker_threads"
import { forgottenText, NotYetGone, type People, PersonForgotten } from "#streams/ports/people.ts"
import { isBusy } from "./errors.ts"
import { FolderUnusable, lockFolder } from "./folder-lock.ts"
import { openPeopleTable, type PeopleTable } from "./people-table.ts"

export type SqlitePeopleOptions = {
  readonly file: string
  /** Looks beside the process that owns the folder, and changes nothing. */
  readonly readOnly?: boolean
}

/**
 * People in a SQLite file of their own, beside the ledger's. Whoever may write owns the folder ({@link lockFolder}).
 * Forgetting rewrites the file and empties its write-ahead file, so that the bytes are gone from both; what the file
 * system or the drive keeps of overwritten blocks is out of reach, and so are copies that were made of the file.
 */
export const openSqlitePeople = ({ file, readOnly = false }: SqlitePeopleOptions): People => {
  const release = readOnly ? () => undefined : lockFolder(dirname(resolve(file)))
  let table: PeopleTable
  try {
    table = openTable(file, readOnly)
    if (!readOnly && table.isUnclean()) cleanAtStart(table)
  } catch (error) {
    release()
    throw error
  }
  let open = true
  let working: Promise<unknown> = Promise.resolve()
  /** One change after the other: while the file is written anew, another one would wait for its lock and stop the process. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    if (readOnly) return Promise.reject(new Error(`${file} was opened for reading only`))
    const done = working.then(change)
    working = done.catch(() => undefined)
    return done
  }
  return {
    name: `sqlite:${file}`,
    find: async (owner) => table.find(owner),
    put: (owner, person, at) =>
      inTurn(async () => {
        const before = table.find(owner)
        if (before?.kind === "forgotten") throw new PersonForgotten(forgottenText(owner, before.forgottenAt))
        table.put(owner, person, at)
        return before === undefined ? "created" : "replaced"
      }),
    forget: (owner, at) =>
      inTurn(async () => {
        const before = table.find(owner)
        if (before === undefined) return undefined
        if (before.kind === "known") table.forget(owner, at)
        if (table.isUnclean() && !(await cleaned(file))) {
          throw new NotYetGone(
            `${owner} is forgotten, but somebody reads ${file}, so bytes may be left in it: ask again`
          )
        }
        return before.kind === "known" ? at : before.forgottenAt
      }),
    close: async () => {
      if (!open) return
      open = false
      await working
      table.close()
      release()
    }
  }
}

/** What a process left that ended between forgetting and cleaning. A reader in the way: the next time. */
const cleanAtStart = (table: PeopleTable): void => {
  try {
    table.clean()
  } catch (error) {
    if (!isBusy(error)) throw error
  }
}

/** Whether everything that was forgotten is gone from the file; false when a reader was in the way. */
const cleaned = async (file: string): Promise<boolean> => {
  const cleaner = new Worker(new URL("./people-cleaner.ts", import.meta.url), { workerData: file })
  const [isClean] = (await once(cleaner, "message")) as [boolean] // an error of the thread rejects
  await cleaner.terminate()
  return isClean
}

const openTable = (file: string, readOnly: boolean): PeopleTable => {
  if (readOnly && !existsSync(file)) throw new FolderUnusable(`There is no file of people at ${file}.`)
  try {
    return openPeopleTable(file, readOnly)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FolderUnusable(`The file of people ${file} cannot be opened: ${reason}.`, { cause })
  }
}
