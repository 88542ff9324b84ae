import { connect, createServer, type Socket } from "node:net"
import { once } from "node:events"

/** A way to a server that can fail as networks do. */
export type TcpProxy = {
  readonly url: string
  /** The next answer of the server is cut in its middle, and the connection with it. */
  readonly cutNextAnswer: () => void
  /** The server's answers are lost while the connection stays. */
  readonly swallowAnswers: (on: boolean) => void
  readonly cuts: () => number
  readonly close: () => Promise<void>
}

export const startTcpProxy = async (targetUrl: string): Promise<TcpProxy> => {
  const target = new URL(targetUrl)
  const open = new Set<Socket>()
  let [cutNext, swallow, cuts] = [false, false, 0]

  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on("error", end).on("close", end)
      socket.on("close", () => open.delete(socket))
    }
    client.on("data", (bytes) => upstream.write(bytes))
    upstream.on("data", (bytes: Buffer) => {
      if (swallow) return
      if (!cutNext) return void client.write(bytes)
      cutNext = false
      cuts++
      client.write(bytes.subarray(0, bytes.length / 2), end)
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port")
  return {
    url: Object.assign(new URL(targetUrl), { host: `127.0.0.1:${address.port}` }).href,
    cutNextAnswer: () => (cutNext = true),
    swallowAnswers: (on) => (swallow = on),
    cuts: () => cuts,
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, "close")
    }
  }
}
