import { createHash } from "node:crypto"
import { MOST_CANCELS } from "#domain/account/decide-changes.ts"
import type { OrderId } from "#domain/kernel/ids.ts"
import type { Outcome, Problem } from "./send.ts"

const LONGEST_ID = 64

/** The id of a command's further part: told from the first one's, so that a repeat of the whole repeats its parts. */
const partId = (id: string, part: number): string => {
  const named = `${id}:${part}`
  if (named.length <= LONGEST_ID) return named
  return `${createHash("sha256").update(id).digest("hex").slice(0, 48)}:${part}`
}

/** Which cancels a command has asked for. */
const askedBy = ({ events }: Outcome): ReadonlyArray<OrderId> =>
  events.flatMap((event) =>
    event.type === "CancelRequested" || event.type === "HeldOrderCanceled" ? [event.data.orderId] : []
  )

/**
 * Sends a command that cancels many orders until none is left: one takes no more than a commit may hold. What was asked
 * when a part fails stays asked, and the same id goes on from there.
 */
export const inParts = async (
  id: string,
  send: (partId: string, first: Outcome | undefined) => Promise<Outcome | Problem>
): Promise<{ readonly first: Outcome; readonly requested: ReadonlyArray<OrderId> } | Problem> => {
  const first = await send(id, undefined)
  if ("problem" in first) return first
  const requested = [...askedBy(first)]
  for (let part = 2, newest = first; askedBy(newest).length === MOST_CANCELS; part++) {
    const next = await send(partId(id, part), first)
    if ("problem" in next) return next
    requested.push(...askedBy(next))
    newest = next
  }
  return { first, requested }
}
