import type { AnchorBook } from "#streams/ports/anchor-book.ts"

/** Anchors that live as long as their process. */
export const memoryAnchors = (kept: Array<string> = []): AnchorBook => ({
  name: "memory",
  append: async (lines) => void kept.push(...lines),
  read: async (from) => ({ lines: kept.slice(from), next: kept.length }),
  last: async () => kept.at(-1),
  close: async () => undefined
})
