import { memoryObjects } from "#infra/memory/object-store.ts"
import { objectStoreContract } from "./object-store.ts"

objectStoreContract("memory", async () => {
  const objects = new Map<string, Uint8Array>()
  return { open: () => memoryObjects(objects), discard: async () => undefined }
})
