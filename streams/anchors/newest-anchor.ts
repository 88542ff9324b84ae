import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import { isSignedBy, parseRecord, type Anchor, type Signed, type SignedRecord } from "./records.ts"

/**
 * The newest anchor of a partition that a key of the book has signed, found from the end. What does not hold is passed
 * over: `checkBook` is who names it.
 */
export const newestAnchor = async (book: AnchorBook, partition: number): Promise<Signed<Anchor> | undefined> => {
  const { lines } = await book.read(0)
  const keys = new Map<string, string>()
  for (const line of lines) {
    const record = line.includes(KEY) ? recordOf(line) : undefined
    if (record?.kind === "key") keys.set(record.key, record.publicKey)
  }
  for (const line of lines.toReversed()) {
    const record = line.includes(KEY) ? undefined : recordOf(line)
    if (record?.kind !== "anchor" || record.partition !== partition) continue
    const signer = keys.get(record.key)
    if (signer !== undefined && isSignedBy(record, signer)) return record
  }
  return undefined
}
const KEY = `"kind":"key"`

const recordOf = (line: string): SignedRecord | undefined => {
  try {
    return parseRecord(line)
  } catch {
    return undefined
  }
}
