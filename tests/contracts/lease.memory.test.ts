import { memoryLeases } from "#infra/memory/lease-store.ts"
import { leaseContract } from "./lease.ts"

leaseContract("memory", async () => memoryLeases())
