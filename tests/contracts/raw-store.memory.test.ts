import { memoryRaw } from "#infra/memory/raw-store.ts"
import { rawStoreContract } from "./raw-store.ts"

rawStoreContract("memory", async () => {
  const store = memoryRaw()
  return { open: async () => store, discard: async () => undefined }
})
