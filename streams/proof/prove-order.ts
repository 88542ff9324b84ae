import type { Anchor, KeyRecord, Signed } from "#streams/anchors/records.ts"
import { bodyOf, readChecked, type CheckedCommit } from "#streams/chain.ts"
import { sha256Hex } from "#streams/archive/seal.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { pathTo } from "./merkle-path.ts"
import type { CommitHeader, OrderProof, ProofPart, ProvedEvent } from "./proof-file.ts"

/** There is no such proof, and why. */
export class CannotProve extends Error {
  override readonly name = "CannotProve"
  readonly code: "UnknownOrder" | "NotAnchoredYet"
  constructor(code: CannotProve["code"], message: string) {
    super(message)
    this.code = code
  }
}

export type ProveOptions = {
  readonly log: Pick<EventLog, "read">
  /** of any partition; signatures checked */
  readonly anchors: ReadonlyArray<Signed<Anchor>>
  readonly keys: ReadonlyArray<Signed<KeyRecord>>
  readonly onCommit?: (no: number) => void
}

type Open = { first: number; prev: string; commits: Array<CommitHeader>; events: Array<ProvedEvent> }

/**
 * Proves every event of an order that the ledger holds (up to commit `upTo`), by reading it from the first commit on, all of it checked. A
 * part ends at the first anchor at or after its events, so that the hours between two fills are not in the file.
 */
export const proveOrder = async (
  orderId: string,
  options: ProveOptions
): Promise<{ readonly proof: OrderProof; readonly upTo: number }> => {
  const { log, anchors, keys, onCommit } = options
  const partition = Number(orderId.split("-")[0])
  const anchorAt = new Map<number, Signed<Anchor>>()
  for (const anchor of anchors) if (anchor.partition === partition) anchorAt.set(anchor.no, anchor)
  const parts: Array<ProofPart> = []
  let open: Open | undefined
  let [last, upTo] = [0, 0]
  for await (const batch of readChecked(log, partition)) {
    for (const commit of batch) {
      const { no, prev, id, root, hash, body } = commit.stored
      const events = last === 0 && !places(commit, orderId) ? [] : eventsOf(commit, orderId)
      if (events.length > 0) {
        open ??= { first: no, prev, commits: [], events: [] }
        open.events.push(...events)
        last = no
      }
      open?.commits.push({ id, root, body: sha256Hex(body) })
      const anchor = open === undefined ? undefined : anchorAt.get(no)
      // an anchor of another chain proves nothing here; `verify` says so
      if (open !== undefined && anchor !== undefined && anchor.hash === hash) {
        parts.push({ ...open, anchor })
        open = undefined
      }
    }
    upTo = batch.at(-1)!.stored.no
    onCommit?.(upTo)
  }
  if (last === 0) throw new CannotProve("UnknownOrder", `the ledger holds no order ${orderId}`)
  if (open !== undefined) {
    const signed = Math.max(0, ...anchorAt.keys())
    throw new CannotProve(
      "NotAnchoredYet",
      `order ${orderId} has events in commit ${last}, and the newest anchor is of commit ${signed}: ` +
        "the platform signs every minute and when it stops, so try again then"
    )
  }
  return { proof: { order: orderId, partition, parts, keys }, upTo }
}

/** An order begins with the event that gave it its number; before it somebody may have spoken of it by mistake. */
const places = (commit: CheckedCommit, orderId: string): boolean =>
  commit.text.includes(`"${orderId}"`) &&
  bodyOf(commit).events.some(
    (event) => event["type"] === "OrderPlaced" && orderId === `${commit.stored.partition}-${String(event["eventNo"])}`
  )

const eventsOf = (commit: CheckedCommit, orderId: string): ReadonlyArray<ProvedEvent> => {
  if (!commit.text.includes(`"${orderId}"`)) return [] // most commits need not be parsed
  const { events } = bodyOf(commit)
  // an event's bytes are what its object gives again: `checkRoot` and the codec's tests hold that
  const texts = events.map((event) => JSON.stringify(event))
  return events.flatMap((event, index) =>
    isOf(event, orderId) ? [{ commit: commit.stored.no, event: texts[index]!, path: pathTo(texts, index) }] : []
  )
}

/** Whether an event tells of an order. */
export const isOf = (event: Record<string, unknown>, orderId: string): boolean =>
  (event["data"] as { readonly orderId?: unknown } | undefined)?.orderId === orderId
