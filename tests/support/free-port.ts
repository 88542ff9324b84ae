import { createServer } from "node:net"

/** A loopback port that nobody listens on. Another process may take it first, so whoever uses it must notice that. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => {
        if (address === null || typeof address === "string") reject(new Error("a TCP server without a port"))
        else resolve(address.port)
      })
    })
  })
