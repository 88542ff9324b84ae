import { memorySnapshots } from "#infra/memory/snapshot-store.ts"
import { snapshotStoreContract } from "./snapshot-store.ts"

snapshotStoreContract("memory", { open: memorySnapshots, discard: () => undefined })
