import { join } from "node:path"
import { checkBook, type BookFault, type CheckedBook } from "#streams/anchors/checked-book.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { dataFolder } from "./places.ts"
import type { LogPlace, Tools } from "./tools.ts"
import type { Said } from "./usage.ts"

export const KEY_OPTION = {
  key: {
    value: "PUBKEY|FILE",
    help: "a public key of the firm as you know it from elsewhere; it must be among those that signed"
  }
} as const

/** The data folder's book of anchors; none where a ledger was named that is not in it. */
export const localBook = (said: Said, tools: Tools): AnchorBook | undefined => {
  if (said.text("log") !== undefined && said.text("data") === undefined) return undefined
  const file = join(dataFolder(said, tools), "anchors.jsonl")
  return tools.exists(file) ? tools.anchorFile(file) : undefined
}

/** Every book that there is of a ledger's anchors, read and checked, and what does not hold in or between them. */
export const checkedBooks = async (
  said: Said,
  tools: Tools,
  ledger: LogPlace,
  archive: ObjectStore | undefined,
  trusted: ReadonlyArray<string>
): Promise<{ readonly books: ReadonlyArray<CheckedBook>; readonly faults: ReadonlyArray<BookFault> }> => {
  const local = localBook(said, tools)
  const audit = ledger.kind === "nats" ? await tools.natsAnchors(ledger.url) : undefined
  const open = [local, audit, archive === undefined ? undefined : archivedAnchors(archive)]
  try {
    const books: Array<CheckedBook> = []
    for (const book of open) if (book !== undefined) books.push(await checkBook(book, trusted))
    const held = books.filter(({ keys, faults }) => keys.length + faults.length > 0)
    return { books: held, faults: [...held.flatMap(({ faults }) => faults), ...strangers(held, trusted)] }
  } finally {
    await audit?.close()
  }
}

/** Books that name other keys than the first one, or none that is trusted: one of them is not ours. */
const strangers = (books: ReadonlyArray<CheckedBook>, trusted: ReadonlyArray<string>): ReadonlyArray<BookFault> => {
  const [first] = books
  const told = (book: CheckedBook, reason: string): BookFault => ({ book: book.name, line: 1, reason })
  return books.flatMap((book) => {
    const common = Math.min(book.keys.length, first!.keys.length)
    const same = book.keys.slice(0, common).every(({ key }, i) => key === first!.keys[i]!.key)
    const known = trusted.length === 0 || book.keys.some(({ publicKey }) => trusted.includes(publicKey))
    return [
      ...(same ? [] : [told(book, `it names other keys than ${first!.name}`)]),
      ...(known ? [] : [told(book, "the key that you trust is none of its keys")])
    ]
  })
}
