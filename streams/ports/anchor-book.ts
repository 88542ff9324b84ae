/**
 * Signed records (`streams/anchors/records.ts`) in the order in which they were made; nothing is ever taken out. Every
 * adapter passes `tests/contracts/anchor-book.ts`.
 */
export type AnchorBook = {
  /** for messages */
  readonly name: string
  /** Durable when it resolves. With `after`, the `next` of a reading: only where nothing came since, {@link BookMoved} otherwise. */
  readonly append: (lines: ReadonlyArray<string>, after?: number) => Promise<void>
  /** The lines from a place on: 0, or the `next` of an earlier reading. */
  readonly read: (from: number) => Promise<{ readonly lines: ReadonlyArray<string>; readonly next: number }>
  /** The newest line: whoever copies goes on after it. */
  readonly last: () => Promise<string | undefined>
  readonly close: () => Promise<void>
}

/** Somebody else has signed since the book was read: what was to be appended may no longer be right. */
export class BookMoved extends Error {
  override readonly name = "BookMoved"
  constructor(book: string) {
    super(`${book} has gone on since it was read`)
  }
}
