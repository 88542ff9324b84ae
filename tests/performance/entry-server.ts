import "effect/schema/SchemaJITCompiler/enable"
import { Effect, ManagedRuntime } from "effect"
import { timeOfMicros } from "#domain/kernel/time.ts"
import { LiveOrders } from "#services/desk/live-orders.ts"
import type { OrderHistory } from "#services/desk/history.ts"
import type { Mount } from "#services/http/mount.ts"
import { serveApi } from "#services/http/serve.ts"
import { makeDesk } from "#services/oms/desk.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { sessionRoute } from "#services/oms/order-entry/route.ts"
import { SessionMarks } from "#services/desk/session-marks.ts"
import { orderSessions } from "#services/oms/order-entry/sessions.ts"
import { submitManyTo } from "#streams/submit-many.ts"
import { bareMount, durableMount, undecidedMount } from "./entry-bare.ts"
import { openBenchLog, openBenchWriter, type Counts } from "./entry-writer.ts"

// The routes of oms over a writer, in a process of their own: `entry-server.ts PORT ACCOUNTS WHERE`;
// WHERE is nats:URL or sqlite:FILE, or without deciding anything `durable:WHERE`, `undecided` or `bare` (entry-bare.ts).
const [port, accounts, where] = process.argv.slice(2) as [string, string, string]
const clock = () => timeOfMicros((performance.timeOrigin + performance.now()) * 1000)
const NO_HISTORY = { waitFor: async () => true, order: async () => undefined, orders: async () => [] } as OrderHistory

const open = async (): Promise<{ mounts: ReadonlyArray<Mount>; take?: () => Counts; close: () => Promise<void> }> => {
  const close = async () => {}
  if (where === "bare") return { mounts: [bareMount()], close }
  if (where === "undecided") return { mounts: [undecidedMount(clock)], close }
  if (where.startsWith("durable:")) {
    const log = await openBenchLog(where.slice("durable:".length))
    return { mounts: [durableMount(log, clock)], close: () => log.close() }
  }
  const { log, writer, take } = await openBenchWriter(where, Number(accounts), clock)
  const desk = makeDesk({ writer, log, live: new LiveOrders(), history: NO_HISTORY, clock })
  const sessions = orderSessions({ writer, submitMany: submitManyTo(writer), log, clock, marks: new SessionMarks() })
  return {
    mounts: [omsRoutes(desk), sessionRoute(sessions).mount],
    take,
    close: () => writer.stop().then(() => log.close())
  }
}
const opened = await open()
const runtime = ManagedRuntime.make(
  serveApi({ name: "oms", version: "0", port: Number(port), mounts: opened.mounts, health: async () => ({}) })
)
await runtime.runPromise(Effect.void)
process.send?.("ready")
const stop = async () => {
  await runtime.dispose()
  await opened.close()
  process.exit(0)
}
process.on("message", (message) => {
  if (message === "counts")
    process.send?.({
      ...opened.take?.(),
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
      cpu: process.cpuUsage()
    })
  if (message === "stop") void stop()
})
process.once("disconnect", () => process.exit(0))
