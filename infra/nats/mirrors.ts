import { DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import { commitOf } from "./commit-message.ts"
import { connectNats, type NatsOptions } from "./connection.ts"
import { partitionsOf } from "./ledger-partitions.ts"
import { subjectOf } from "./ledger-stream.ts"

const BATCH = 256
const PATIENCE_MS = 5_000

/** The streams that mirror a ledger's, to be read as they are. */
export const openMirrors = async ({ stream = "LEDGER", ...options }: NatsOptions & { readonly stream?: string }) => {
  const link = await connectNats(options)
  const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 5_000 })
  const names: Array<string> = []
  for await (const { config } of jsm.streams.list()) if (config.mirror?.name === stream) names.push(config.name)
  const js = jetstream(link.nc)

  const reader = (mirror: string): Pick<EventLog, "read" | "partitions"> => ({
    partitions: () => partitionsOf(jsm, stream, mirror),
    async *read(partition, from) {
      const subject = subjectOf(stream, partition)
      const newest = await jsm.streams.getMessage(mirror, { last_by_subj: subject })
      if (newest === null) return
      const consumer = await js.consumers.get(mirror, {
        filter_subjects: [subject],
        deliver_policy: DeliverPolicy.All
      })
      for (let seq = 0; seq < newest.seq;) {
        const batch: Array<StoredCommit> = []
        const messages = await consumer.fetch({ max_messages: BATCH, expires: PATIENCE_MS })
        const before = seq
        for await (const message of messages) {
          seq = message.seq
          const commit = commitOf(partition, message.headers ?? [], message.data)
          if (seq <= newest.seq && !(commit.no < from)) batch.push(commit)
          if (seq >= newest.seq) break
        }
        if (seq === before) throw new Error(`the stream ${mirror} does not deliver what stands behind message ${seq}`)
        if (batch.length > 0) yield batch
      }
    }
  })
  return { found: names.map((name) => ({ name, log: reader(name) })), close: link.close }
}
