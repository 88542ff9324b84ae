/**
 * Signed records (`streams/anchors/records.ts`) in the order in which they were made; nothing is ever taken out. Every
 * adapter passes `tests/contracts/anchor-book.ts`.
 */
export type AnchorBook = {
  /** for messages */
  readonly name: string
  /** Durable when it resolves. */
  readonly append: (lines: ReadonlyArray<string>) => Promise<void>
  /** The lines from a place on: 0, or the `next` of an earlier reading. */
  readonly read: (from: number) => Promise<{ readonly lines: ReadonlyArray<string>; readonly next: number }>
  /** The newest line: whoever copies goes on after it. */
  readonly last: () => Promise<string | undefined>
  readonly close: () => Promise<void>
}
