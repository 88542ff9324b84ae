import {
  type CommandHandler,
  type CommandPort,
  type CommandServer,
  NotServed,
  OutcomeUnknown
} from "#streams/ports/command-port.ts"

/** Commands within one process: callers and writer share this object. */
export const memoryCommands = (): CommandPort & CommandServer => {
  const handlers = new Map<number, CommandHandler>()
  return {
    request: (partition, verb, payload, { timeoutMs }) => {
      const handler = handlers.get(partition)
      if (handler === undefined) return Promise.reject(new NotServed(`nobody serves partition ${partition}`))
      return new Promise((resolve, reject) => {
        const fail = (cause: unknown) => {
          clearTimeout(timer)
          reject(new OutcomeUnknown(`no answer to ${verb} of partition ${partition}`, { cause }))
        }
        const timer = setTimeout(fail, timeoutMs)
        const answer = (bytes: Uint8Array) => {
          clearTimeout(timer)
          resolve(bytes)
        }
        try {
          const answered = handler(verb, payload)
          if (answered instanceof Uint8Array) answer(answered)
          else answered.then(answer, fail)
        } catch (error) {
          fail(error)
        }
      })
    },
    serve: async (partition, handler) => {
      if (handlers.has(partition)) throw new Error(`partition ${partition} has a writer in this process`)
      handlers.set(partition, handler)
      return async () => {
        if (handlers.get(partition) === handler) handlers.delete(partition)
      }
    }
  }
}
