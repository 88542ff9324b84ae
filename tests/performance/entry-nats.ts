import { openNatsCommands } from "#infra/nats/command-port.ts"
import { newCommandId } from "#services/desk/command-id.ts"
import { decodeReply } from "#streams/command-codec.ts"
import type { CommandPort } from "#streams/ports/command-port.ts"
import { orderOf, type Load, type Loaded } from "./entry-load.ts"
import { percentiles } from "./figures.ts"

type Orders = Pick<Load, "accounts" | "isCrossing">

/** A limit order as a client writes it: the writer has never seen its objects, only these bytes. */
const orderBytes = (n: number, { accounts, isCrossing }: Orders): Uint8Array => {
  const { account, symbol, side, type, quantity, price, ...asked } = orderOf(n, accounts, isCrossing)
  const timeInForce = "timeInForce" in asked ? asked.timeInForce : "GTC"
  return Buffer.from(
    `{"id":"${newCommandId(Date.now() * 1000)}","actor":"bench","request":{"type":"SubmitOrder","account":"${account}",` +
      `"symbol":"${symbol}","side":"${side}","orderType":"${type}","timeInForce":"${timeInForce}","quantity":"${quantity}","price":"${price}"}}`
  )
}

export type NatsLoaded = {
  readonly samples: Float64Array
  readonly accepted: number
  readonly errors: number
  readonly seconds: number
}

/** Keeps `inFlight` orders under way until time or number is reached. */
export const saturate = async (
  port: CommandPort,
  orders: Orders,
  inFlight: number,
  seconds: number,
  most = Number.POSITIVE_INFINITY
): Promise<NatsLoaded> => {
  const samples: Array<number> = []
  let sent = 0
  let accepted = 0
  let errors = 0
  const started = performance.now()
  const until = started + seconds * 1000
  const client = async () => {
    while (performance.now() < until && sent < most) {
      const at = performance.now()
      const payload = orderBytes(sent++, orders)
      try {
        const reply = decodeReply(await port.request(0, "order", payload, { timeoutMs: 10_000 }))
        if (reply.kind === "facts" && reply.status === "PendingNew") accepted++
        else errors++
      } catch {
        errors++
      }
      samples.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, client))
  return { samples: Float64Array.from(samples), accepted, errors, seconds: (performance.now() - started) / 1000 }
}

/**
 * Sends at a steady rate whatever the answers do. Timed from when an order is handed over; that a timer of a millisecond
 * hands it over late is this sender's doing, and is reported apart.
 */
export const steady = async (
  port: CommandPort,
  orders: Orders,
  rate: number,
  seconds: number
): Promise<NatsLoaded & { lateMs: Float64Array }> => {
  const samples: Array<number> = []
  const late: Array<number> = []
  let accepted = 0
  let errors = 0
  const waiting: Array<Promise<void>> = []
  const started = performance.now()
  const total = rate * seconds
  for (let n = 0; n < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * rate) / 1000))
    for (; n < due; n++) {
      const at = performance.now()
      late.push(at - started - (n * 1000) / rate)
      const answered = port.request(0, "order", orderBytes(n, orders), { timeoutMs: 10_000 }).then(
        (bytes) => {
          const reply = decodeReply(bytes)
          if (reply.kind === "facts" && reply.status === "PendingNew") accepted++
          else errors++
          samples.push(performance.now() - at)
        },
        () => void errors++
      )
      waiting.push(answered)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(waiting)
  const load = { samples: Float64Array.from(samples), accepted, errors, seconds: (performance.now() - started) / 1000 }
  return { ...load, lateMs: Float64Array.from(late) }
}

/** One load over NATS request-reply, from a client of its own. */
export const loadOverNats = async ({ natsUrl, inFlight, seconds, rate, ...orders }: Load): Promise<Loaded> => {
  const port = await openNatsCommands({ url: natsUrl!, name: "bench-client" })
  try {
    const loaded =
      rate === 0 ? await saturate(port, orders, inFlight, seconds) : await steady(port, orders, rate, seconds)
    const { samples, ...counts } = loaded
    return { ...counts, metrics: percentiles(samples) }
  } finally {
    await port.close()
  }
}
