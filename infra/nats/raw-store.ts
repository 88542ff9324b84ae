import { randomUUID } from "node:crypto"
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream"
import { headers, type MsgHdrs, MsgHdrsImpl } from "@nats-io/transport-node"
import { EPOCH, timeOfNanos, timeOfText } from "#domain/kernel/time.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import type { RawChannel, RawRecord, RawStore } from "#streams/ports/raw-store.ts"
import type { Place } from "./commit-message.ts"
import { assertOpen, connectNats, type Link } from "./connection.ts"
import { deliver } from "./deliver.ts"
import { streamToWrite } from "./ledger-stream.ts"
import { limited } from "./room.ts"
import { PLANS } from "./stream-plans.ts"

export type NatsRawOptions = { readonly url: string; readonly replicas?: number; readonly makes?: boolean }

const AT = "Received-At"
const NO_MESSAGE_FOUND = 10037
const PATIENCE_MS = 15_000

/** What has to be kept for days is in `RAW`; what waits for a person must not age. */
const placeOf = ({ venue, channel }: RawChannel) =>
  channel === "suspense"
    ? { stream: "AUDIT", subject: `audit.ops.suspense.${venue}` }
    : { stream: "RAW", subject: `raw.${venue}.${channel}` }

/** Raw messages in JetStream, one message each, on disk when they are acknowledged. A record's number is its sequence. */
export const openNatsRaw = async ({ url, replicas, makes = true }: NatsRawOptions): Promise<RawStore & LogSpace> => {
  const link = await connectNats({ url, name: "trade2026-raw" })
  try {
    const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 1_000 })
    await haveStreams(link, jsm, replicas ?? (link.nc.info?.cluster === undefined ? 1 : 3), makes)
    /** the servers are looked at beside the ledger */
    const roomsOf = async (stream: string) => {
      const { config, state } = await jsm.streams.info(stream)
      return limited(config.max_bytes, state.bytes, `max_bytes of stream ${stream}`)
    }
    const newest = (channel: RawChannel) => {
      const { stream, subject } = placeOf(channel)
      return messageOf(link, stream, { last_by_subj: subject })
    }
    return {
      name: `nats:${link.address}`,
      append: (channel, records) => Promise.all(records.map((record) => store(link, channel, record))),
      async *read(channel, from) {
        const end = (await newest(channel))?.no ?? 0
        if (from > end) return
        const source = { link, jsm, ...placeOf(channel), read: recordOf }
        for await (const batch of deliver(source, from, NEVER, end)) yield batch.map(({ message }) => message)
      },
      newest,
      rooms: async () => (await Promise.all([roomsOf("RAW"), roomsOf("AUDIT")])).flat(),
      close: link.close
    }
  } catch (error) {
    await link.close()
    throw error
  }
}

const haveStreams = async (link: Link, jsm: JetStreamManager, replicas: number, makes: boolean) => {
  for (const plan of PLANS) {
    if (["RAW", "AUDIT"].includes(plan.config.name)) await streamToWrite(link, jsm, plan, replicas, makes)
  }
}

type Ack = { readonly seq: number; readonly error?: { readonly code: number; readonly description: string } }

/** Sent again under the same id until it is known to be stored; a repeat within two minutes is dropped by the server. */
const store = async (link: Link, channel: RawChannel, { at, bytes }: Omit<RawRecord, "no">): Promise<number> => {
  const { stream, subject } = placeOf(channel)
  const fields = headers()
  fields.append("Nats-Msg-Id", randomUUID())
  fields.append("Nats-Expected-Stream", stream)
  fields.append(AT, at)
  const end = Date.now() + PATIENCE_MS
  for (let tries = 0; ; tries++) {
    assertOpen(link)
    const reply = link.connected() ? await link.request(subject, bytes, 1_000, fields) : "nobody"
    let reason = "nobody answers"
    if (reply !== "nobody" && reply !== "silence") {
      const { seq, error } = reply.json<Ack>()
      if (error === undefined) return seq
      reason = error.description
      if (error.code !== 503)
        throw new LogUnavailable(`${link.address} does not take a message of ${subject}: ${reason}`)
    }
    if (Date.now() > end) throw new LogUnavailable(`${link.address} does not take a message of ${subject}: ${reason}`)
    await link.changed.wait(link.changed.rings(), link.closing, Math.min(20 * 2 ** tries, 250))
  }
}

type Answer = {
  readonly message?: { readonly seq: number; readonly hdrs?: string; readonly data?: string; readonly time: string }
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string }
}

/** As the leader has it; while there is none it is asked again. */
const messageOf = async (link: Link, stream: string, query: object): Promise<RawRecord | undefined> => {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    assertOpen(link)
    const subject = `$JS.API.STREAM.MSG.GET.${stream}`
    const reply = link.connected() ? await link.request(subject, JSON.stringify(query), 1_000) : "nobody"
    if (reply !== "nobody" && reply !== "silence") {
      const { message, error } = reply.json<Answer>()
      if (message !== undefined) return storedRecordOf(message)
      if (error?.err_code === NO_MESSAGE_FOUND) return undefined
      if (error?.code !== 503) throw new Error(`${link.address} cannot read ${stream}: ${error?.description}`)
    }
    if (Date.now() > end) throw new LogUnavailable(`${link.address} does not answer: ${stream} cannot be read`)
    await link.changed.wait(link.changed.rings(), link.closing, 50)
  }
}

/** Whoever else puts a message there need not say when it came: then it is when it was stored. */
const recordOf = (
  { seq, storedNanos }: Pick<Place, "seq" | "storedNanos">,
  fields: MsgHdrs | undefined,
  bytes: Uint8Array
): RawRecord => ({
  no: seq,
  at: timeOfText(fields?.get(AT) ?? "") ?? timeOfNanos(BigInt(storedNanos)),
  bytes
})
const storedRecordOf = ({ seq, hdrs, data = "", time }: NonNullable<Answer["message"]>): RawRecord => ({
  no: seq,
  at: timeOfText((hdrs && MsgHdrsImpl.decode(Buffer.from(hdrs, "base64")).get(AT)) || time) ?? EPOCH,
  bytes: Buffer.from(data, "base64")
})

const NEVER = new AbortController().signal
