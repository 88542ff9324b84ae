import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import { KeyRing } from "./key-ring.ts"
import { parseRecord, recordText, type Anchor, type KeyRecord, type Signed } from "./records.ts"

/** A line of a book that does not hold, counted from 1. */
export type BookFault = { readonly book: string; readonly line: number; readonly reason: string }
export type CheckedBook = {
  readonly name: string
  readonly keys: ReadonlyArray<Signed<KeyRecord>>
  readonly anchors: ReadonlyArray<Signed<Anchor>>
  readonly faults: ReadonlyArray<BookFault>
}

/** Reads a whole book: every signature, every change of keys, numbers and times that only rise. */
export const checkBook = async (book: AnchorBook, trusted: ReadonlyArray<string> = []): Promise<CheckedBook> => {
  const { lines } = await book.read(0)
  const ring = new KeyRing(trusted)
  const anchors: Array<Signed<Anchor>> = []
  const faults: Array<BookFault> = []
  const newest = new Map<number, Signed<Anchor>>()
  for (const [i, line] of lines.entries()) {
    if (line === lines[i - 1]) continue // a copy may say a record twice
    try {
      const record = parseRecord(line)
      ring.accept(record)
      if (record.kind !== "anchor") continue
      const before = newest.get(record.partition)
      if (before !== undefined && (record.no < before.no || (record.no === before.no && record.hash !== before.hash)))
        throw new Error(`it signs commit ${record.no} after commit ${before.no}`)
      newest.set(record.partition, record)
      anchors.push(record)
    } catch (error) {
      faults.push({ book: book.name, line: i + 1, reason: (error as Error).message })
    }
  }
  return { name: book.name, keys: ring.records, anchors, faults }
}

/** Anchors of several books, each once. */
export const allAnchors = (books: ReadonlyArray<CheckedBook>): ReadonlyArray<Signed<Anchor>> => [
  ...new Map(books.flatMap(({ anchors }) => anchors.map((anchor) => [recordText(anchor), anchor]))).values()
]
