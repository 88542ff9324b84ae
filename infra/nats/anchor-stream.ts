import { createHash } from "node:crypto"
import {
  DeliverPolicy,
  DiscardPolicy,
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
  RetentionPolicy,
  StorageType
} from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { type AnchorBook, BookMoved } from "#streams/ports/anchor-book.ts"
import { connectNats, type NatsOptions } from "./connection.ts"

const PATIENCE_MS = 5_000
/** The server's code for a message that was to follow another one than it does. */
const OTHER_LAST_SEQUENCE = 10_071

/** Signed anchors in a stream that keeps them for ever, on `audit.anchor`; another stream has a subject of its own. */
export const openNatsAnchors = async ({
  stream = "AUDIT",
  readOnly = false,
  ...options
}: NatsOptions & {
  readonly stream?: string
  /** makes no stream: one that is missing is an empty book */
  readonly readOnly?: boolean
}): Promise<AnchorBook> => {
  const link = await connectNats(options)
  try {
    const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: PATIENCE_MS })
    const js = jetstream(link.nc, { timeout: PATIENCE_MS })
    const subject = `${stream.toLowerCase()}.anchor`
    const missing = await isMissing(jsm, stream)
    if (missing && !readOnly) await make(jsm, stream, subject)
    const newest = async () =>
      missing && readOnly ? null : await jsm.streams.getMessage(stream, { last_by_subj: subject })
    const name = `nats:${link.address} ${stream}`
    return {
      name,
      append: async (lines, after) => {
        let lastSubjectSequence = after
        for (const line of lines) {
          const msgID = createHash("sha256").update(line).digest("hex")
          const expect = { streamName: stream, ...(lastSubjectSequence !== undefined && { lastSubjectSequence }) }
          try {
            const { seq } = await js.publish(subject, line, { msgID, expect, timeout: PATIENCE_MS })
            if (after !== undefined) lastSubjectSequence = seq
          } catch (error) {
            if (error instanceof JetStreamApiError && error.code === OTHER_LAST_SEQUENCE) throw new BookMoved(name)
            throw error
          }
        }
      },
      read: async (from) => {
        const last = (await newest())?.seq ?? 0
        const lines: Array<string> = []
        if (last <= from) return { lines, next: from }
        const consumer = await js.consumers.get(stream, {
          filter_subjects: [subject],
          deliver_policy: DeliverPolicy.StartSequence,
          opt_start_seq: from + 1
        })
        const messages = await consumer.consume()
        for await (const message of messages) {
          lines.push(message.string())
          if (message.seq >= last) break
        }
        await messages.close()
        return { lines, next: last }
      },
      last: async () => (await newest())?.string(),
      close: () => link.close()
    }
  } catch (error) {
    await link.close()
    throw error
  }
}

const isMissing = async (jsm: JetStreamManager, stream: string): Promise<boolean> => {
  try {
    await jsm.streams.info(stream)
    return false
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return true
    throw error
  }
}

const make = async (jsm: JetStreamManager, stream: string, subject: string): Promise<void> => {
  await jsm.streams.add({
    name: stream,
    subjects: stream === "AUDIT" ? [subject, "audit.ops.>"] : [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
    duplicate_window: nanos(120_000)
  })
}
