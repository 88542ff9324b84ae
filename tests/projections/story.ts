// Ledgers with generated stories in them, made by the real writer: the same seed, the same ledger.
import type { AccountEvent } from "#domain/account/events.ts"
import type { MarketSeen, Request } from "#domain/account/commands.ts"
import type { State } from "#domain/account/state.ts"
import { EPOCH, type Time } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import type { Columns, LedgerEvent, Projection } from "#projections/projection.ts"
import { Generator } from "#services/simulation/generate.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { readChecked } from "#streams/chain.ts"
import { eventsOf as eventsIn } from "#streams/commit-events.ts"
import { eventReader, type CommitPlace, type RowFold } from "#streams/fold.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

export type StoryOptions = {
  readonly seed: number
  readonly steps: number
  /** commands that wait at the same time, and so may share a commit */
  readonly together?: number
  /** requests that are left out: what happens to accounts besides orders and money paid in and out */
  readonly without?: ReadonlyArray<Request["type"]>
  readonly log?: EventLog
  readonly partition?: number
}

/** Entries change units and money in ways that have tests of their own. */
export const ENTRIES = [
  "PostEntry",
  "Transfer",
  "ReceiveTransfer",
  "SettleTransfer",
  "MoveGroup",
  "ReceiveAnswers",
  "ReceiveGroup",
  "SettleGroup"
] as const

/** Lets the decider live through a story; the log that holds it, and the state at its end. */
export const storyLog = async ({
  seed,
  steps,
  together = 1,
  without = [],
  log = memoryLog(),
  partition = 0
}: StoryOptions) => {
  const generator = new Generator(seed)
  let now: Time = EPOCH
  let seen: MarketSeen | undefined
  const writer = await openAccountWriter({ log, partition, clock: () => now, writerId: "story", seen: () => seen })
  for (let step = 0; step < steps; step += together) {
    const commands = await writer.look((state) => Array.from({ length: together }, () => generator.next(state)))
    now = commands.at(-1)!.at
    seen = commands.at(-1)!.seen
    const asked = commands.filter(({ request }) => !without.includes(request.type))
    await Promise.all(asked.map(({ id, actor, request }) => writer.submit({ id, actor, request })))
  }
  const state: State = await writer.look((last) => last)
  await writer.stop()
  return { log, state }
}

/** Every event of a partition with the commit that holds it. */
export const eventsOf = async (log: EventLog, partition = 0) => {
  const decode = eventReader<AccountEvent>((commit) => eventsIn(ledgerCodec, commit), 0)
  const found: Array<{ readonly event: LedgerEvent; readonly place: CommitPlace }> = []
  for await (const batch of readChecked(log, partition)) {
    for (const commit of batch) found.push(...decode(commit).map((event) => ({ event, place: commit.stored })))
  }
  return found
}

/** A projection as the loops see it. */
export const asFold = <C extends Columns>(projection: Projection<C>): RowFold<LedgerEvent> =>
  projection as unknown as RowFold<LedgerEvent>
