import { createServer, connect, type Socket } from "node:net"
import type { AddressInfo } from "node:net"

export type Way = "out" | "back"

/** A line between a client and a server on loopback that can be made bad; `out` is from client to server. */
export type TcpProxy = AsyncDisposable & {
  readonly port: number
  /** Ends every connection at once, as a reset does. */
  readonly cut: () => void
  /** Lets so many more bytes through in that way, and then cuts: in the middle of whatever is being said. */
  readonly cutAfter: (way: Way, bytes: number) => void
  /** Nothing gets through in either way and nobody is told, until it is undone. */
  readonly stall: (stalled: boolean) => void
  /** Everything arrives so much later; 0: at once. */
  readonly delay: (ms: number) => void
  /** Whether who connects is turned away. */
  readonly refuse: (refused: boolean) => void
}

export const tcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  const sockets = new Set<Socket>()
  let refused = false
  let delayMs = 0
  let stalled: Array<() => void> | undefined
  const left: Record<Way, number> = { out: Infinity, back: Infinity }
  const cut = () => sockets.forEach((socket) => socket.resetAndDestroy())

  /** What is late or held stays in its order: each chunk waits for the one before. */
  const pass = (from: Socket, to: Socket, way: Way) => {
    let before = Promise.resolve()
    from.on("data", (chunk: Buffer) => {
      const due = performance.now() + delayMs
      const late = delayMs > 0
      before = before.then(async () => {
        if (late) await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
        if (stalled !== undefined) await new Promise<void>((resolve) => stalled?.push(resolve))
        if (to.destroyed) return
        if (left[way] > chunk.length) {
          left[way] -= chunk.length
          to.write(chunk)
          return
        }
        const some = chunk.subarray(0, left[way])
        left[way] = Infinity
        to.write(some, cut)
      })
    })
    from.once("end", () => void before.then(() => to.end()))
    from.once("close", () => to.destroy())
    from.on("error", () => to.destroy())
  }

  const server = createServer((client) => {
    if (refused) return void client.resetAndDestroy()
    const target = connect({ host: "127.0.0.1", port: targetPort, noDelay: true })
    client.setNoDelay(true)
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.once("close", () => sockets.delete(socket))
    }
    pass(client, target, "out")
    pass(target, client, "back")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    cutAfter: (way, bytes) => {
      left[way] = bytes
    },
    stall: (on) => {
      const held = stalled
      stalled = on ? [] : undefined
      if (!on) held?.forEach((go) => go())
    },
    delay: (ms) => {
      delayMs = ms
    },
    refuse: (on) => {
      refused = on
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      cut()
      await closed
    }
  }
}
