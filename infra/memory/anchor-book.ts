import { type AnchorBook, BookMoved } from "#streams/ports/anchor-book.ts"

/** Anchors that live as long as their process. */
export const memoryAnchors = (kept: Array<string> = []): AnchorBook => ({
  name: "memory",
  append: async (lines, after) => {
    if (after !== undefined && after !== kept.length) throw new BookMoved("memory")
    kept.push(...lines)
  },
  read: async (from) => ({ lines: kept.slice(from), next: kept.length }),
  last: async () => kept.at(-1),
  close: async () => undefined
})
