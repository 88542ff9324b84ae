import { memoryCommands } from "#infra/memory/command-port.ts"
import { commandPortContract } from "./command-port.ts"

commandPortContract("memory", async () => {
  const commands = memoryCommands()
  return { caller: commands, server: commands, close: async () => undefined }
})
