import { NodeWS } from "@effect/platform-node"
import { SessionClient } from "#services/oms/order-entry/client.ts"
import { loadOverHttp } from "./entry-http.ts"
import { loadOverNats } from "./entry-nats.ts"
import { orderOf, type Load, type Loaded } from "./entry-load.ts"
import { percentiles } from "./figures.ts"

// A client in a process of its own. Each message is one load to make; the answer is what came of it.
const SLOTS = 65_536
const loadOverSession = async ({
  port,
  accounts,
  inFlight,
  batch,
  seconds,
  rate,
  isCrossing
}: Load): Promise<Loaded> => {
  const samples: Array<number> = []
  const sentAt = new Float64Array(SLOTS)
  let sent = 0
  let accepted = 0
  let errors = 0
  let isOver = false
  const done = Promise.withResolvers<void>()
  const client = await SessionClient.open({
    url: `ws://127.0.0.1:${port}/session`,
    inFlightMax: inFlight,
    itemsPerFrameMax: batch,
    makeSocket: (url) => new NodeWS.WebSocket(url, { perMessageDeflate: false }),
    onAnswers: (answers) => {
      const now = performance.now()
      for (const { no, status } of answers) {
        samples.push(now - sentAt[no % SLOTS]!)
        if (status === "PendingNew") accepted++
        else errors++
      }
      if (rate === 0 && !isOver) send(answers.length, now)
      if (isOver && client.open === 0) done.resolve()
    },
    onEnd: (error) => done.reject(error)
  })
  const send = (count: number, at: number) => {
    const items = Array.from({ length: count }, () => orderOf(sent++, accounts, isCrossing))
    const first = client.send(items)
    for (let i = 0; i < count; i++) sentAt[(first + i) % SLOTS] = at
  }
  const started = performance.now()
  if (rate === 0) send(inFlight, started)
  else {
    for (let n = 0; n < rate * seconds;) {
      const due = Math.min(rate * seconds, Math.floor(((performance.now() - started) * rate) / 1000))
      for (; n < due; n++) send(1, started + (n * 1000) / rate) // timed from when it was due
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  if (rate === 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  isOver = true
  if (client.open > 0) await done.promise
  const took = (performance.now() - started) / 1000
  client.close()
  return { accepted, errors, seconds: took, metrics: percentiles(Float64Array.from(samples)) }
}

const LOADS = { ws: loadOverSession, http: loadOverHttp, nats: loadOverNats }
process.on("message", (load: Load) => {
  LOADS[load.transport](load).then(
    (result) => process.send?.(result),
    (error: Error) => process.send?.({ failed: error.stack })
  )
})
process.once("disconnect", () => process.exit(0))
process.send?.("ready")
