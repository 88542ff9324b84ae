import { connect, type Socket } from "node:net"
import { orderOf, type Load, type Loaded } from "./entry-load.ts"
import { percentiles } from "./figures.ts"

/** A kept-alive connection with one request under way: written by hand, so that the client costs little of the machine. */
const openLine = (
  port: number,
  onAnswer: (status: number) => void
): Promise<{ readonly post: (body: string) => void }> =>
  new Promise((resolve, reject) => {
    let text = ""
    const socket: Socket = connect(port, "127.0.0.1", () =>
      resolve({
        post: (body) =>
          socket.write(
            `POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
          )
      })
    )
    socket.setNoDelay(true).on("error", reject)
    socket.on("data", (part) => {
      text += part.toString("latin1")
      const start = text.indexOf("\r\n\r\n") + 4
      if (start < 4 || text.length < start + Number(/content-length: (\d+)/iu.exec(text)?.[1])) return
      const status = Number(text.slice(9, 12))
      text = ""
      onAnswer(status)
    })
  })

/** `POST /orders` over `inFlight` connections: all of them busy, or as many as a steady rate needs. */
export const loadOverHttp = async ({ port, accounts, inFlight, seconds, rate, isCrossing }: Load): Promise<Loaded> => {
  const samples: Array<number> = []
  let accepted = 0
  let errors = 0
  let sent = 0
  let isOver = false
  let busy = 0
  const done = Promise.withResolvers<void>()
  const idle: Array<(at: number) => void> = []
  const due: Array<number> = []
  for (let i = 0; i < inFlight; i++) {
    let began = 0
    const line = await openLine(port, (status) => {
      const now = performance.now()
      samples.push(now - began)
      if (status === 201) accepted++
      else errors++
      busy--
      const next = rate === 0 ? (isOver ? undefined : now) : due.shift()
      if (next !== undefined) post(next)
      else idle.push(post)
      if (isOver && busy === 0) done.resolve()
    })
    const post = (at: number) => {
      busy++
      began = at
      line.post(JSON.stringify(orderOf(sent++, accounts, isCrossing)))
    }
    idle.push(post)
  }
  const started = performance.now()
  if (rate === 0) {
    for (const post of idle.splice(0)) post(performance.now())
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  } else {
    for (let n = 0; n < rate * seconds;) {
      const now = Math.min(rate * seconds, Math.floor(((performance.now() - started) * rate) / 1000))
      for (; n < now; n++) {
        const at = started + (n * 1000) / rate
        const post = idle.pop()
        if (post === undefined) due.push(at)
        else post(at)
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  isOver = true
  if (busy > 0 || due.length > 0) await done.promise
  return {
    accepted,
    errors,
    seconds: (performance.now() - started) / 1000,
    metrics: percentiles(Float64Array.from(samples))
  }
}
