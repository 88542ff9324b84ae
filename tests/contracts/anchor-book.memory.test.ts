import { memoryAnchors } from "#infra/memory/anchor-book.ts"
import { anchorBookContract } from "./anchor-book.ts"

anchorBookContract("memory", async () => {
  const kept: Array<string> = []
  return { open: async () => memoryAnchors(kept), discard: async () => undefined }
})
