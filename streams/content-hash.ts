import { createHash } from "node:crypto"
import { formatFixed } from "#domain/kernel/money.ts"
import { cellOf, type RowVersion, type Table } from "./ports/row-store.ts"

/** A table whose rows can be hashed: `unhashed` columns (commit number, id, hash, trace) depend on how commits were cut. */
export type HashedTable = Table & { readonly unhashed?: ReadonlyArray<string> }

export type ContentHash = { readonly rows: number; readonly hash: string }

/**
 * The content hash of rows given in the order of their keys: sha256 over each row's JSON, joined by newlines. A row's
 * JSON has its columns without the unhashed ones, and `eventNo`, the number of the event that changed it last: it is the
 * same on every log. The partition is left out (rows of one key in two partitions come in the order of these). Amounts
 * are canonical decimal text. Rows are flat, with texts and whole numbers only; for such, keys sorted and
 * JSON.stringify is what RFC 8785 prescribes.
 */
export const contentHasher = (table: HashedTable) => {
  const line = lineOf(table)
  const sha = createHash("sha256")
  let waiting = ""
  let rows = 0
  return {
    add: (version: RowVersion): void => {
      waiting += rows++ === 0 ? line(version) : `\n${line(version)}`
      if (waiting.length < 65_536) return
      sha.update(waiting, "utf8")
      waiting = ""
    },
    /** Ends it: nothing can be added after this. */
    done: (): ContentHash => ({ rows, hash: sha.update(waiting, "utf8").digest("hex") })
  }
}

/** The content hash of what a store gives back. */
export const contentHash = async (
  table: HashedTable,
  batches: AsyncIterable<ReadonlyArray<RowVersion>>
): Promise<ContentHash> => {
  const hasher = contentHasher(table)
  for await (const batch of batches) for (const version of batch) hasher.add(version)
  return hasher.done()
}

/** The text of a row that is hashed. */
export const lineOf = (table: HashedTable): ((version: RowVersion) => string) => {
  const wanted = new Set([...Object.keys(table.columns), "eventNo"])
  for (const name of table.unhashed ?? []) wanted.delete(name)
  const names = [...wanted].toSorted()
  return (version) => {
    const plain: Record<string, string | number> = {}
    for (const name of names) {
      const cell = cellOf(version, name)
      plain[name] = typeof cell === "bigint" ? formatFixed(cell) : cell
    }
    return JSON.stringify(plain)
  }
}
