import { Empty, headers, type Msg } from "@nats-io/transport-node"
import {
  type CommandHandler,
  type CommandPort,
  type CommandServer,
  NotServed,
  OutcomeUnknown
} from "#streams/ports/command-port.ts"
import { connectNats, type NatsOptions } from "./connection.ts"

/** The answer of a server whose handler failed: nothing else has a status. */
const FAILED = { headers: headers(500, "handler failed") }

const respond = (msg: Msg, bytes: Uint8Array, options?: typeof FAILED): void => {
  try {
    msg.respond(bytes, options)
  } catch {
    // closed in the meantime: the caller sees no answer in time
  }
}

/** Calls the handler for each message; no timer and, where it answers at once, no promise. */
const answering = (handler: CommandHandler, verbAt: number) => (error: Error | null, msg: Msg) => {
  if (error !== null) return
  const fail = () => respond(msg, Empty, FAILED)
  try {
    const answer = handler(msg.subject.slice(verbAt), msg.data)
    if (answer instanceof Uint8Array) respond(msg, answer)
    else answer.then((bytes) => respond(msg, bytes), fail)
  } catch {
    fail()
  }
}

/** Commands as requests on `cmd.<partition>.<verb>`, on a connection of their own that reconnects for ever. */
export const openNatsCommands = async (
  options: NatsOptions
): Promise<CommandPort & CommandServer & { readonly close: () => Promise<void> }> => {
  const link = await connectNats(options)
  return {
    request: async (partition, verb, payload, { timeoutMs }) => {
      const reply = link.connected() ? await link.request(`cmd.${partition}.${verb}`, payload, timeoutMs) : "nobody"
      if (reply === "nobody") throw new NotServed(`nobody serves partition ${partition} at ${link.address}`)
      if (reply === "silence" || (reply.data.length === 0 && (reply.headers?.code ?? 0) > 0)) {
        throw new OutcomeUnknown(`no answer to ${verb} of partition ${partition} at ${link.address}`)
      }
      return reply.data
    },
    serve: async (partition, handler) => {
      const prefix = `cmd.${partition}.`
      const subscription = link.nc.subscribe(`${prefix}*`, { callback: answering(handler, prefix.length) })
      await link.nc.flush() // from here on the server knows whom to ask
      if (subscription.isClosed()) throw new Error(`${link.address} does not let this process serve ${prefix}*`)
      return async () => {
        if (!link.nc.isClosed() && !subscription.isClosed()) await subscription.drain()
      }
    },
    close: link.close
  }
}
