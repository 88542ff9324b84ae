import "effect/schema/SchemaJITCompiler/enable"
import { Effect, ManagedRuntime } from "effect"
import { HttpRouter } from "effect/http"
import type { OrderId } from "#domain/kernel/ids.ts"
import { EPOCH, timeOfMicros } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { SESSION_FRAME_BYTES_MAX } from "#services/contract/order-entry.ts"
import { LiveOrders } from "#services/desk/live-orders.ts"
import type { OrderHistory } from "#services/desk/history.ts"
import type { Mount } from "#services/http/mount.ts"
import { serveApi } from "#services/http/serve.ts"
import { bareWebSocket } from "#services/http/websocket.ts"
import { makeDesk } from "#services/oms/desk.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { sessionRoute } from "#services/oms/order-entry/route.ts"
import { orderSessions } from "#services/oms/order-entry/sessions.ts"
import { submitManyTo, type SubmitMany, type Told } from "#streams/submit-many.ts"
import { openBenchWriter } from "./entry-writer.ts"

// The routes of oms over a writer, in a process of their own: `entry-server.ts PORT ACCOUNTS WHERE`;
// WHERE is nats:URL, sqlite:FILE, `undecided` (sessions over a writer that accepts all at once) or `bare` (no session at all).
const [port, accounts, where] = process.argv.slice(2) as [string, string, string]
const clock = () => timeOfMicros((performance.timeOrigin + performance.now()) * 1000)
const NO_HISTORY = { waitFor: async () => true, order: async () => undefined, orders: async () => [] } as OrderHistory

/** Frames are parsed, and each order is answered at once: what is left is the cost of the socket and of JSON. */
const bareMount = (): Mount => ({
  layer: HttpRouter.add("GET", "/session", (request) =>
    bareWebSocket(request, { frameBytesMax: SESSION_FRAME_BYTES_MAX }, ({ ws }) => {
      ws.on("message", (data: Buffer) => {
        const frame = JSON.parse(data.toString("utf8")) as { op: string; no: number; items: ReadonlyArray<unknown> }
        if (frame.op !== "orders")
          return ws.send(`{"op":"session","session":"bare","last":0,"window":65536,"partition":0}`)
        let items = ""
        for (let no = frame.no; no < frame.no + frame.items.length; no++)
          items += `${items === "" ? "" : ","}{"no":${no},"orderId":"0-${no}","status":"PendingNew","position":"0:${no}"}`
        ws.send(`{"op":"answers","window":65536,"items":[${items}]}`)
      })
    })
  )
})

/** The session's own work: reading, judging, numbering, keeping and writing answers. */
const acceptAll: SubmitMany = (requests, onAnswers) => {
  const told = requests.map(({ id }): Told => {
    const head = { v: 2, recordedAt: clock(), effectiveAt: EPOCH, actor: "bench", cause: id, correlation: id }
    const orderId = `0-${(eventNo += 2)}` as OrderId
    const placed = { ...head, eventNo, type: "OrderPlaced", data: { orderId } }
    const decided = { ...head, eventNo: eventNo + 1, type: "OrderRiskDecided", data: { orderId, decision: "approved" } }
    return { kind: "facts", events: [placed, decided] as unknown as (Told & { kind: "facts" })["events"] }
  })
  queueMicrotask(() => onAnswers(0, told))
}
let eventNo = 0
const undecided = (): Mount => {
  const log = memoryLog()
  const writer = { partition: 0, look: async () => new Map() as never }
  return sessionRoute(orderSessions({ writer, submitMany: acceptAll, log, clock })).mount
}

const opened =
  where === "bare" || where === "undecided" ? undefined : await openBenchWriter(where, Number(accounts), clock)
const mounts = (): ReadonlyArray<Mount> => {
  if (opened === undefined) return [where === "bare" ? bareMount() : undecided()]
  const { writer, log } = opened
  const desk = makeDesk({ writer, log, live: new LiveOrders(), history: NO_HISTORY, clock })
  const sessions = orderSessions({ writer, submitMany: submitManyTo(writer), log, clock })
  return [omsRoutes(desk), sessionRoute(sessions).mount]
}
const runtime = ManagedRuntime.make(
  serveApi({ name: "oms", version: "0", port: Number(port), mounts: mounts(), health: async () => ({}) })
)
await runtime.runPromise(Effect.void)
process.send?.("ready")
const stop = async () => {
  await runtime.dispose()
  await opened?.writer.stop()
  await opened?.log.close()
  process.exit(0)
}
process.on("message", (message) => {
  if (message === "counts")
    process.send?.({
      ...opened?.take(),
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
      cpu: process.cpuUsage()
    })
  if (message === "stop") void stop()
})
process.once("disconnect", () => process.exit(0))
