import { memoryLog } from "#infra/memory/event-log.ts"
import { eventLogContract } from "./event-log.ts"

eventLogContract("memory", async () => {
  const log = memoryLog()
  return { open: async () => log, discard: async () => undefined }
})
