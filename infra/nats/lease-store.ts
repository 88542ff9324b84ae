import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType
} from "@nats-io/jetstream"
import { headers, nanos } from "@nats-io/transport-node"
import { type LeaseEntry, type LeaseStore, LeaseUnavailable } from "#streams/ports/lease.ts"
import { connectNats, type Link, type NatsOptions } from "./connection.ts"

const STREAM = "KV_leases"
const NO_MESSAGE_FOUND = 10037
const WRONG_SEQUENCE = [10071, 10164]
/** A lease that waits for an answer for long is as good as lost. */
const ANSWER_MS = 1_000

const subjectOf = (partition: number): string => `$KV.leases.${partition}`

type Answer = {
  readonly seq?: number
  readonly message?: { readonly seq: number; readonly data?: string }
  readonly error?: { readonly err_code: number; readonly description: string }
}

/** Leases in the key-value bucket `leases`, which is made when it is missing: one key for each partition. */
export const openNatsLeases = async (options: NatsOptions): Promise<LeaseStore> => {
  const link = await connectNats(options)
  const ask = async (subject: string, payload: string, fields?: ReturnType<typeof headers>): Promise<Answer> => {
    // what is sent while there is no connection would wait in a buffer and be sent late
    const reply = link.connected() ? await link.request(subject, payload, ANSWER_MS, fields) : "nobody"
    if (reply === "nobody" || reply === "silence") {
      throw new LeaseUnavailable(`the bucket of leases at ${link.address} does not answer`)
    }
    return reply.json<Answer>()
  }
  const unavailable = ({ error }: Answer) =>
    new LeaseUnavailable(
      `the bucket of leases at ${link.address}: ${error?.description ?? "an answer without content"}`
    )
  try {
    await ensureBucket(link)
  } catch (error) {
    await link.close()
    throw error
  }
  return {
    name: `nats:${link.address}`,
    read: async (partition): Promise<LeaseEntry | undefined> => {
      const answer = await ask(
        `$JS.API.STREAM.MSG.GET.${STREAM}`,
        JSON.stringify({ last_by_subj: subjectOf(partition) })
      )
      if (answer.error?.err_code === NO_MESSAGE_FOUND) return undefined
      if (answer.message === undefined) throw unavailable(answer)
      const { seq, data = "" } = answer.message
      return { revision: seq, value: Buffer.from(data, "base64").toString("utf8") }
    },
    write: async (partition, value, after) => {
      const fields = headers()
      fields.append("Nats-Expected-Last-Subject-Sequence", String(after))
      const answer = await ask(subjectOf(partition), value, fields)
      if (answer.error !== undefined && WRONG_SEQUENCE.includes(answer.error.err_code)) return undefined
      if (answer.seq === undefined || answer.error !== undefined) throw unavailable(answer)
      return answer.seq
    },
    close: link.close
  }
}

/** As clients of key-value buckets expect it; losing it costs a moment, since the ledger itself fences. */
const ensureBucket = async (link: Link): Promise<void> => {
  const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 5_000 })
  try {
    await jsm.streams.info(STREAM)
    return
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error
  }
  await jsm.streams.add({
    name: STREAM,
    subjects: [`$KV.leases.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.New,
    deny_delete: true,
    allow_rollup_hdrs: true,
    allow_direct: true,
    duplicate_window: nanos(120_000),
    // a majority of a cluster has to know whose the lease is
    num_replicas: link.nc.info?.cluster === undefined ? 1 : 3
  })
}
