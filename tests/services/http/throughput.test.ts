import { spawn } from "node:child_process"
import { connect } from "node:net"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { freePort } from "#tests/support/free-port.ts"
import { ask } from "./served.ts"

const SERVER = fileURLToPath(new URL("./throughput-server.ts", import.meta.url))
const CONNECTIONS = 32
const order = { account: "test_account", symbol: "BTCUSDT", side: "buy", type: "limit", quantity: 0.1, price: 45000.5 }

/** Sends orders over keep-alive connections, one in flight on each, for some seconds; gives back how many were answered. */
const load = (port: number, seconds: number): Promise<number> => {
  const body = JSON.stringify(order)
  const head = `POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
  const until = performance.now() + seconds * 1000
  let answered = 0
  const one = () =>
    new Promise<void>((resolve, reject) => {
      let text = ""
      const socket = connect(port, "127.0.0.1", () => socket.write(`${head}\r\n\r\n${body}`))
      socket.setNoDelay(true).on("error", reject)
      socket.on("data", (part) => {
        text += part.toString("latin1")
        const start = text.indexOf("\r\n\r\n") + 4
        if (start < 4 || text.length < start + Number(/content-length: (\d+)/u.exec(text)?.[1])) return
        if (!text.startsWith("HTTP/1.1 201")) reject(new Error(text))
        answered++
        text = ""
        if (performance.now() < until) socket.write(`${head}\r\n\r\n${body}`)
        else {
          socket.destroy()
          resolve()
        }
      })
    })
  return Promise.all(Array.from({ length: CONNECTIONS }, one)).then(() => answered)
}

it("POST /orders without anything behind it: a note of requests/s and CPU time", async ({ annotate }) => {
  const port = await freePort()
  const server = spawn(process.execPath, [SERVER, String(port)], {
    stdio: "inherit"
  })
  const cpuSeconds = async () => Number(/^process_cpu_seconds\S* (\S+)$/mu.exec((await ask(port, "/metrics")).text)![1])
  try {
    for (
      const start = Date.now();
      Date.now() - start < 20_000;
      await new Promise((resolve) => setTimeout(resolve, 100))
    )
      if (
        await ask(port, "/health").then(
          () => true,
          () => false
        )
      )
        break
    await load(port, 2)
    const [began, before] = [performance.now(), await cpuSeconds()]
    const answered = await load(port, 2)
    const ratePerSec = Math.round((answered / (performance.now() - began)) * 1000)
    const cpuMicros = Math.round((((await cpuSeconds()) - before) * 1e6) / answered)
    await annotate(`${ratePerSec} requests/s over ${CONNECTIONS} connections, ${cpuMicros} µs of CPU each`)
    console.info(`POST /orders: ${ratePerSec} requests/s over ${CONNECTIONS} connections, ${cpuMicros} µs of CPU each`)
    expect(ratePerSec).toBeGreaterThan(200)
  } finally {
    server.kill()
  }
})
