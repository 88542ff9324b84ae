import type { AccountWriter } from "./account-writer.ts"
import { decodeCommand, encodeReply, replyOf } from "./command-codec.ts"
import type { CommandServer } from "./ports/command-port.ts"
import { LogUnavailable } from "./ports/event-log.ts"
import { NotTheWriter } from "./writer.ts"

/** Lets programs elsewhere reach a partition's writer; each is answered once its command is durable. */
export const serveCommands = (server: CommandServer, writer: AccountWriter): Promise<() => Promise<void>> =>
  server.serve(writer.partition, async (_verb, payload) => {
    const command = decodeCommand(payload)
    if ("code" in command) return encodeReply({ kind: "refused", refusal: command })
    try {
      return encodeReply(replyOf(await writer.submit(command)))
    } catch (error) {
      // of any other failure it is not known whether the command was recorded: the port says so to whom it throws
      if (!(error instanceof NotTheWriter) && !(error instanceof LogUnavailable)) throw error
      return encodeReply({ kind: "unavailable", reason: error.message })
    }
  })
