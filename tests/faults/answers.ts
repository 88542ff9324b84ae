import { bodyOf, readChecked } from "#streams/chain.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

/** What a caller knows of an order: when it was sent and answered (places in one count of both), and the answer. */
export type Answered = { readonly sent: number; readonly answered: number; readonly first: number }

export type Counts = {
  readonly answered: number
  /** answered and not in the ledger, or not where the answer said */
  readonly lost: number
  readonly twice: number
  /** in the ledger before an order that was answered before it was sent */
  readonly outOfOrder: number
  /** told that it was not taken, or that nobody knows */
  readonly refused: number
  /** of these, in the ledger all the same */
  readonly refusedThenDone: number
}

type Told = { readonly type: string; readonly cause: string; readonly eventNo: number }

/** Where each order of these callers was placed; the chain is checked on the way. */
export const placedOrders = async (log: EventLog, seed: string) => {
  const placed = new Map<string, number>()
  const twice: Array<string> = []
  let epochs = 0
  for await (const batch of readChecked(log, 0))
    for (const commit of batch) {
      epochs = commit.epoch
      for (const { type, cause, eventNo } of bodyOf(commit).events as unknown as ReadonlyArray<Told>) {
        if (type !== "OrderPlaced" || !cause.startsWith(`${seed}-`)) continue
        if (placed.has(cause)) twice.push(cause)
        placed.set(cause, eventNo)
      }
    }
  return { placed, twice, epochs }
}

/** The ledger against every answer that was given. */
export const countAnswers = (
  { placed, twice }: { readonly placed: ReadonlyMap<string, number>; readonly twice: ReadonlyArray<string> },
  answered: ReadonlyMap<string, Answered>,
  refused: ReadonlySet<string>
): Counts => ({
  answered: answered.size,
  lost: [...answered].filter(([id, { first }]) => placed.get(id) !== first).length,
  twice: twice.length,
  outOfOrder: outOfOrder([...answered.values()]),
  refused: refused.size,
  refusedThenDone: [...refused].filter((id) => placed.has(id)).length
})

/** Orders that stand before one whose answer their sender could have known: time cannot be turned round. */
const outOfOrder = (all: ReadonlyArray<Answered>): number => {
  const bySent = all.toSorted((a, b) => a.sent - b.sent)
  const byAnswer = all.toSorted((a, b) => a.answered - b.answered)
  let known = 0
  let next = 0
  let wrong = 0
  for (const { sent, first } of bySent) {
    for (; next < byAnswer.length && byAnswer[next]!.answered < sent; next++)
      known = Math.max(known, byAnswer[next]!.first)
    if (first < known) wrong++
  }
  return wrong
}
