import { DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import { commitOf } from "./commit-message.ts"
import { connectNats, type NatsOptions } from "./connection.ts"
import { subjectOf } from "./ledger-stream.ts"

const BATCH = 256

/** The streams that mirror a ledger's, to be read as they are. */
export const openMirrors = async ({ stream = "LEDGER", ...options }: NatsOptions & { readonly stream?: string }) => {
  const link = await connectNats(options)
  const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 5_000 })
  const names: Array<string> = []
  for await (const { config } of jsm.streams.list()) if (config.mirror?.name === stream) names.push(config.name)
  const js = jetstream(link.nc)

  const reader = (mirror: string): Pick<EventLog, "read"> => ({
    async *read(partition, from) {
      const subject = subjectOf(stream, partition)
      const newest = await jsm.streams.getMessage(mirror, { last_by_subj: subject })
      if (newest === null) return
      const consumer = await js.consumers.get(mirror, {
        filter_subjects: [subject],
        deliver_policy: DeliverPolicy.All
      })
      const messages = await consumer.consume({ max_messages: BATCH })
      let batch: Array<StoredCommit> = []
      for await (const message of messages) {
        const commit = commitOf(partition, message.headers ?? [], message.data)
        if (!(commit.no < from)) batch.push(commit)
        if (batch.length >= BATCH || message.seq >= newest.seq) {
          if (batch.length > 0) yield batch
          batch = []
        }
        if (message.seq >= newest.seq) break
      }
      await messages.close()
    }
  })
  return { found: names.map((name) => ({ name, log: reader(name) })), close: link.close }
}
