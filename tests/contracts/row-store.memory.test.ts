import { memoryRows } from "#infra/memory/row-store.ts"
import { rowStoreContract } from "./row-store.ts"

rowStoreContract("memory", async () => ({ store: memoryRows(), discard: async () => undefined }))
