import { HttpRouter } from "effect/http"
import type { OrderId } from "#domain/kernel/ids.ts"
import { EPOCH, type Time } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { SESSION_FRAME_BYTES_MAX } from "#services/contract/order-entry.ts"
import type { Mount } from "#services/http/mount.ts"
import { bareWebSocket } from "#services/http/websocket.ts"
import { sessionRoute } from "#services/oms/order-entry/route.ts"
import { SessionMarks } from "#services/desk/session-marks.ts"
import { orderSessions } from "#services/oms/order-entry/sessions.ts"
import { EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { SubmitMany, Told } from "#streams/submit-many.ts"

/** Frames are parsed, and each order is answered at once: what is left is the cost of the socket and of JSON. */
export const bareMount = (): Mount => ({
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

let eventNo = 1
type Requests = Parameters<SubmitMany>[0]
/** What an accepted order is answered with, none of it decided. */
const toldOf = (requests: Requests): ReadonlyArray<Told> =>
  requests.map(({ id }) => {
    const head = { v: 2, recordedAt: EPOCH, effectiveAt: EPOCH, actor: "bench", cause: id, correlation: id }
    const orderId = `0-${eventNo}` as OrderId
    const placed = { ...head, eventNo, type: "OrderPlaced", data: { orderId } }
    const decided = { ...head, eventNo: eventNo + 1, type: "OrderRiskDecided", data: { orderId, decision: "approved" } }
    eventNo += 2
    return { kind: "facts", events: [placed, decided] } as unknown as Told
  })

const mountOf = (submitMany: SubmitMany, clock: () => Time): Mount => {
  const writer = { partition: 0, look: async () => false as never }
  return sessionRoute(orderSessions({ writer, submitMany, log: memoryLog(), clock, marks: new SessionMarks() })).mount
}

/** The session's own work: reading, judging, numbering, keeping and writing answers. */
export const undecidedMount = (clock: () => Time): Mount =>
  mountOf((requests, onAnswers) => {
    const told = toldOf(requests)
    queueMicrotask(() => onAnswers(0, told))
  }, clock)

const MOST_ORDERS = 256
/** So many bytes of an event are not its id. */
const FILLER = `","data":"${"x".repeat(380)}"}`
/**
 * The same, and a chain of commits with as many bytes and events as the ledger's, each appended before it is answered:
 * what a ledger costs that decides nothing.
 */
export const durableMount = (log: EventLog, clock: () => Time): Mount => {
  const waiting: Array<{ readonly requests: Requests; readonly onAnswers: Parameters<SubmitMany>[1] }> = []
  let head = EMPTY_CHAIN
  let isRunning = false
  const run = async () => {
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = []
      for (let orders = 0; waiting.length > 0 && orders < MOST_ORDERS; orders += batch.at(-1)!.requests.length)
        batch.push(waiting.shift()!)
      const told = batch.map(({ requests }) => toldOf(requests))
      const texts = batch.flatMap(({ requests }) =>
        requests.flatMap(({ id }) => [
          `{"type":"OrderPlaced","cause":"${id}","correlation":"${id}${FILLER}`,
          `{"type":"OrderRiskDecided","cause":"${id}","correlation":"${id}${FILLER}`
        ])
      )
      const commit = sealCommit(head, 0, 1, "bare", texts)
      await log.append(commit)
      head = { no: commit.no, hash: commit.hash }
      for (const [i, { onAnswers }] of batch.entries()) onAnswers(0, told[i]!)
    }
    isRunning = false
  }
  return mountOf((requests, onAnswers) => {
    waiting.push({ requests, onAnswers })
    if (isRunning) return
    isRunning = true
    void run()
  }, clock)
}
