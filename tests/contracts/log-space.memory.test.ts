import { expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { logSpaceContract } from "./log-space.ts"

logSpaceContract("memory", async (mostBytes) => ({ log: memoryLog(mostBytes), discard: async () => undefined }))

it("is without end where nobody set one", async () => {
  expect(await memoryLog().rooms()).toEqual([])
})
