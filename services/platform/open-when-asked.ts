import type { AnchorBook } from "#streams/ports/anchor-book.ts"

/** A book that is opened when it is first needed, and again after a failure: nothing that is traded waits for it. */
export const openWhenAsked = (name: string, open: () => Promise<AnchorBook>): AnchorBook => {
  let opened: Promise<AnchorBook> | undefined
  const book = (): Promise<AnchorBook> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
  return {
    name,
    append: async (lines) => await (await book()).append(lines),
    read: async (from) => await (await book()).read(from),
    last: async () => await (await book()).last(),
    close: async () => await opened?.then((one) => one.close())
  }
}
