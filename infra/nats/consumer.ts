import { AckPolicy, DeliverPolicy, JetStreamApiError, type JetStreamManager } from "@nats-io/jetstream"
import { createInbox, type Msg, nanos } from "@nats-io/transport-node"
import { type Bell, makeBell } from "#infra/memory/bell.ts"
import { commitOf, type Delivered, placeOf } from "./commit-message.ts"
import type { Link } from "./connection.ts"
import { subjectOf } from "./ledger-stream.ts"

/** What may wait here for a slow reader. */
const WINDOW_BYTES = 8_000_000
const WINDOW_COMMITS = 4_096
const FIRST_WINDOW = 64

export type Source = {
  readonly link: Link
  readonly jsm: JetStreamManager
  readonly stream: string
  readonly partition: number
}

/** The server's cursor on one partition. What arrives waits in `take`, which asks for the next window. */
export type Consumer = {
  /** Rings when something arrived, each second while there is nothing, and when the consumer is lost. */
  readonly bell: Bell
  readonly take: () => ReadonlyArray<Delivered>
  /** How often the server said since the last message that there is nothing. */
  readonly idle: () => number
  readonly isLost: () => boolean
  readonly close: () => void
}

/** A consumer that begins at sequence `from` of the stream, or undefined while the server cannot make one. */
export const openConsumer = async (source: Source, from: number): Promise<Consumer | undefined> => {
  const { link, jsm, stream, partition } = source
  if (!link.connected()) return undefined
  try {
    const { name } = await jsm.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(from, 1),
      filter_subject: subjectOf(stream, partition),
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(60_000)
    })
    return listen(source, name)
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status !== 503) throw error
    return undefined
  }
}

const listen = ({ link, jsm, stream, partition }: Source, name: string): Consumer => {
  const bell = makeBell()
  const inbox = createInbox()
  let arrived: Array<Delivered> = []
  let awaited = 0 // messages asked for and not here yet
  let deliveries = 0
  let bytes = 0
  let idle = 0
  let lost = false

  const lose = () => {
    lost = true
    bell.ring()
  }
  const hearStatus = (code: number) => {
    if (code === 100) idle++
    else if (code === 404 || code === 408) awaited = 0 // the request is over
    else lost = true // deleted, moved to another server, or nobody there: a new one is made
    bell.ring()
  }
  const hear = (error: Error | null, msg: Msg) => {
    if (lost) return
    if (error !== null) return lose()
    const { headers } = msg
    if (headers !== undefined && headers.code > 0) return hearStatus(headers.code)
    const { seq, delivery } = placeOf(msg)
    if (delivery !== ++deliveries) return lose() // one was lost on the way
    arrived.push({ seq, commit: commitOf(partition, headers ?? [], msg.data) })
    bytes += msg.data.length
    idle = 0
    awaited--
    bell.ring()
  }

  const subscription = link.nc.subscribe(inbox, { callback: hear })
  const unwatch = link.changed.onRing(lose)
  const ask = () => {
    const size = deliveries === 0 ? FIRST_WINDOW : Math.ceil((WINDOW_BYTES * deliveries) / (bytes + 1))
    awaited = Math.min(size, WINDOW_COMMITS)
    const request = { batch: awaited, expires: nanos(30_000), idle_heartbeat: nanos(1_000) }
    link.nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`, JSON.stringify(request), { reply: inbox })
  }
  return {
    bell,
    take: () => {
      const batch = arrived
      arrived = []
      if (awaited === 0 && !lost) ask()
      return batch
    },
    idle: () => idle,
    isLost: () => lost,
    close: () => {
      unwatch()
      if (link.nc.isClosed()) return
      subscription.unsubscribe()
      // the server forgets it anyway, after its inactive threshold
      if (link.connected()) jsm.consumers.delete(stream, name).catch(() => undefined)
    }
  }
}
