import { jetstream } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { timeOfMicros } from "#domain/kernel/time.ts"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { encodeReply } from "#streams/command-codec.ts"
import { EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"

// Servers of orders that decide nothing: `bare-server.ts NATS_URL bare|alone nats|sqlite:FILE`.
const [natsUrl, how, where] = process.argv.slice(2) as [string, "bare" | "alone", string]

type Order = { readonly id: string; readonly request: { readonly account: string } }
const orderOf = (payload: Uint8Array): Order => JSON.parse(Buffer.from(payload).toString("utf8")) as Order
let eventNo = 0
/** As many bytes as an order's events have in the ledger, 531 each, in the same envelope. */
const eventsOf = ({ id, request: { account } }: Order): readonly [string, string] => {
  const at = timeOfMicros((performance.timeOrigin + performance.now()) * 1000)
  const orderId = `0-${eventNo + 1}`
  const event = (type: string) =>
    `{"eventNo":${++eventNo},"type":"${type}","v":1,"recordedAt":"${at}","effectiveAt":"${at}","actor":"bench",` +
    `"cause":"${id}","correlation":"${orderId}","account":"${account}","data":{"orderId":"${orderId}","filler":"${FILLER}"}}`
  return [event("OrderPlaced"), event("OrderRiskDecided")]
}
const FILLER = "x".repeat(215)
const accepted = (last: number): Uint8Array =>
  encodeReply({ kind: "facts", first: last - 1, last, orderId: `0-${last - 1}`, status: "PendingNew" })

/** The same envelope, chain and log as the ledger's: all that waits is one commit, answered once it is durable. */
const bare = async () => {
  const log =
    where === "nats"
      ? await openNatsLog({ url: natsUrl, acceptUnsynced: true })
      : openSqliteLog({ file: where.slice("sqlite:".length) })
  const waiting: Array<{ readonly order: Order; readonly answer: (bytes: Uint8Array) => void }> = []
  let head = EMPTY_CHAIN
  let isRunning = false
  const run = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 256)
      const before = eventNo
      const commit = sealCommit(
        head,
        0,
        1,
        "bare",
        batch.flatMap(({ order }) => eventsOf(order))
      )
      await log.append(commit)
      head = { no: commit.no, hash: commit.hash }
      for (const [i, { answer }] of batch.entries()) answer(accepted(before + 2 * (i + 1)))
    }
    isRunning = false
  }
  return (payload: Uint8Array) =>
    new Promise<Uint8Array>((answer) => {
      waiting.push({ order: orderOf(payload), answer })
      if (isRunning) return
      isRunning = true
      void run()
    })
}

/**
 * As event stores are mostly used: a stream for each account, an event after the other published with the sequence
 * that is expected there, accounts beside each other. No chain; an order's two events are not atomic.
 */
const alone = async () => {
  const nc = await connect({ servers: natsUrl })
  const js = jetstream(nc, { timeout: 10_000 })
  const jsm = await js.jetstreamManager()
  await jsm.streams.add({ name: "ALONE", subjects: ["alone.>"] })
  const streams = new Map<string, Promise<number>>()
  return async (payload: Uint8Array): Promise<Uint8Array> => {
    const order = orderOf(payload)
    const subject = `alone.${order.request.account}`
    const [placed, decided] = eventsOf(order)
    const last = eventNo
    const publish = async (event: string, expected: number) =>
      (await js.publish(subject, event, { expect: { lastSubjectSequence: expected } })).seq
    const done = (streams.get(subject) ?? Promise.resolve(0)).then(async (before) =>
      publish(decided, await publish(placed, before))
    )
    streams.set(subject, done)
    await done
    return accepted(last)
  }
}

const handler = await (how === "bare" ? bare() : alone())
const commands = await openNatsCommands({ url: natsUrl, name: "bench-bare" })
await commands.serve(0, (_verb, payload) => handler(payload))
process.send?.("ready")
process.on("message", (message) => {
  if (message === "stop") process.exit(0)
})
process.once("disconnect", () => process.exit(0))
