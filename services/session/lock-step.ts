import type { AccountId } from "#domain/kernel/ids.ts"
import { EPOCH, laterOf, type Time } from "#domain/kernel/time.ts"
import { PriceBoard } from "#domain/market/board.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { PaperVenue } from "#domain/venue/paper-venue.ts"
import { LivePnl } from "#services/desk/live-pnl.ts"
import { openAccountWriter, type AccountWriter, type Submission } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { MarketFeed } from "#streams/ports/market-feed.ts"
import { firstCommands, firstDeposit } from "./first-accounts.ts"
import { marketSeen } from "./market-seen.ts"
import { Marks } from "./marks.ts"
import { OwnCommands } from "./own-commands.ts"
import type { Trader } from "./trader.ts"
import { VenueLink } from "./venue-link.ts"

export type LockStepOptions = {
  readonly log: EventLog
  readonly feed: MarketFeed
  readonly venue: PaperVenue
  readonly accounts: ReadonlyArray<AccountId>
  readonly trader?: Trader
  readonly onProgress?: (messages: number, at: Time) => void
  readonly signal: AbortSignal
}
/** `messages` counts every line of the feed, `normalised` those that said something. */
export type LockStepResult = {
  readonly messages: number
  readonly normalised: number
  readonly events: number
  readonly commits: number
}

/**
 * Plays a feed against the real writer and venue with the feed's own clock, one thing at a time: before a message
 * everything that is due by then, then the message, then what follows from it until nothing is left. Nothing depends on
 * how fast the log or the machine is, so every run gives the same events.
 */
export const playLockStep = async (options: LockStepOptions): Promise<LockStepResult> => {
  const { log, feed, venue, accounts, trader, onProgress, signal } = options
  let clock: Time = EPOCH
  const board = new PriceBoard()
  const pnl = new LivePnl()
  const marks = new Marks(board)
  const link = new VenueLink(venue, 0)
  const own = new OwnCommands(board, 0)
  const waiting: Array<Submission> = []
  const writer = await openAccountWriter({
    log,
    partition: 0,
    clock: () => clock,
    writerId: "play",
    seen: marketSeen(board),
    onReplayed: (_, events) => {
      if (events.length > 0) throw new Error("a recording is played into an empty ledger: choose another --data folder")
    },
    onCommitted: ({ events }, state) => {
      for (const event of events) {
        pnl.apply(event)
        waiting.push(...link.committed(event, state))
        waiting.push(...own.committed(event, state))
        if (trader !== undefined) waiting.push(...trader.event(event))
      }
    }
  })

  const step = async (submission: Submission) => {
    await writer.submit(submission)
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await writer.submit(next)
  }
  const settleUntil = async (time: Time) => {
    for (let due = link.nextDue(); due !== undefined && due <= time; due = link.nextDue()) {
      clock = laterOf(clock, due)
      for (const report of link.due(clock)) await step(report)
    }
  }
  const onMessage = async (message: MarketMessage) => {
    await settleUntil(message.at)
    clock = message.at
    board.evolve(message)
    link.market(message)
    for (const submission of own.market(message)) await step(submission)
    for (const mark of marks.due(clock, pnl.held())) await step(mark)
    if (trader !== undefined) for (const submission of trader.market(message)) await step(submission)
    await settleUntil(clock)
  }

  let messages = 0
  let lastNo = 0
  for await (const batch of feed.messages(signal)) {
    for (const message of batch) {
      if (messages === 0) await open(writer, accounts, message, (at) => (clock = at))
      await onMessage(message)
      lastNo = message.no
      if (++messages % 2000 === 0) onProgress?.(lastNo, clock)
    }
  }
  for (const mark of marks.now(pnl.held())) await step(mark)
  const head = writer.head()
  await writer.stop()
  return { messages: lastNo, normalised: messages, events: head.eventNo, commits: head.no }
}

/** Instruments and accounts come into being with the first message. */
const open = async (
  writer: AccountWriter,
  accounts: ReadonlyArray<AccountId>,
  { at, symbol }: MarketMessage,
  setClock: (at: Time) => void
) => {
  setClock(at)
  for (const command of firstCommands([symbol], accounts)) await writer.submit(command)
  for (const account of accounts) await writer.submit(firstDeposit(account))
}
