import { AckPolicy, DeliverPolicy, JetStreamApiError, type JetStreamManager } from "@nats-io/jetstream"
import { createInbox, type Msg, type MsgHdrs, nanos } from "@nats-io/transport-node"
import { type Bell, makeBell } from "#infra/memory/bell.ts"
import { type Place, placeOf } from "./commit-message.ts"
import type { Link } from "./connection.ts"

/** What may wait here for a slow reader. */
const WINDOW_BYTES = 8_000_000
const WINDOW_COMMITS = 4_096
const FIRST_WINDOW = 64

export type Source<T> = {
  readonly link: Link
  readonly jsm: JetStreamManager
  readonly stream: string
  readonly subject: string
  /** what a message of the subject holds */
  readonly read: (place: Place, fields: MsgHdrs | undefined, body: Uint8Array) => T
}
/** A message that the stream delivered, with its place in it. */
export type Arrived<T> = { readonly seq: number; readonly message: T }

/** The server's cursor on one subject. What arrives waits in `take`, which asks for the next window. */
export type Consumer<T> = {
  /** Rings when something arrived, each second while there is nothing, and when the consumer is lost. */
  readonly bell: Bell
  readonly take: () => ReadonlyArray<Arrived<T>>
  /** How often the server said since the last message that there is nothing. */
  readonly idle: () => number
  readonly isLost: () => boolean
  readonly close: () => void
}

/** A consumer that begins at sequence `from` of the stream, or undefined while the server cannot make one. */
export const openConsumer = async <T>(source: Source<T>, from: number): Promise<Consumer<T> | undefined> => {
  const { link, jsm, stream, subject } = source
  if (!link.connected()) return undefined
  try {
    const { name } = await jsm.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(from, 1),
      filter_subject: subject,
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

const listen = <T>({ link, jsm, stream, read }: Source<T>, name: string): Consumer<T> => {
  const bell = makeBell()
  const inbox = createInbox()
  let arrived: Array<Arrived<T>> = []
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
    const place = placeOf(msg)
    const { seq, delivery } = place
    if (delivery !== ++deliveries) return lose() // one was lost on the way
    arrived.push({ seq, message: read(place, headers, msg.data) })
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
