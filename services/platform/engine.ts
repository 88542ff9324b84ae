import { PROJECTIONS } from "#projections/all.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import { PriceBoard } from "#domain/market/board.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import { demoTrader } from "#services/session/demo-trader.ts"
import { DEMO_ACCOUNT, firstCommands, firstDeposit, TEST_ACCOUNT } from "#services/session/first-accounts.ts"
import type { DistantVenue } from "#domain/venue/distant-venue.ts"
import { LiveSession } from "#services/session/live.ts"
import type { MissedMarket } from "#services/session/missed-range.ts"
import { OwnCommands } from "#services/session/own-commands.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import { Marks } from "#services/session/marks.ts"
import { paperVenue } from "#services/session/paper.ts"
import { VenueLink } from "#services/session/venue-link.ts"
import { LiveFeedHub } from "#services/desk/live-feed.ts"
import { LiveOrders } from "#services/desk/live-orders.ts"
import { LivePnl } from "#services/desk/live-pnl.ts"
import { SessionMarks } from "#services/oms/order-entry/session-marks.ts"
import { pnlBody } from "#services/pnl/desk.ts"
import { openAccountWriter, type AccountWriter } from "#streams/account-writer.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import type { RowFold } from "#streams/fold.ts"
import { project, type Projector } from "#streams/project.ts"

export type EngineOptions = {
  readonly log: EventLog
  readonly clock: () => Time
  readonly seed: number
  readonly demo: boolean
  readonly staleAfterSeconds?: number
  /** the paper venue in this process where absent */
  readonly venue?: DistantVenue
  /** where the market of the last run stood */
  readonly missed?: MissedMarket
}
/** Everything between the log and the services. */
export type Engine = {
  readonly writer: AccountWriter
  readonly board: PriceBoard
  readonly orders: LiveOrders
  readonly pnl: LivePnl
  readonly hub: LiveFeedHub
  readonly session: LiveSession
  readonly link: VenueLink
  /** how far the order entry sessions of before had come */
  readonly sessionMarks: SessionMarks
  /** the highest market-data number that the ledger has seen */
  readonly mdNo: number
}

export const PARTITION = 0

/** Replays the ledger, opens its writer, and puts the paper market on top: starting up and recovering are the same. */
export const openEngine = async ({
  log,
  clock,
  seed,
  demo,
  venue,
  missed,
  ...limits
}: EngineOptions): Promise<Engine> => {
  const board = new PriceBoard()
  const orders = new LiveOrders()
  const pnl = new LivePnl()
  const sessionMarks = new SessionMarks()
  let mdNo = 0
  let running: { readonly session: LiveSession; readonly hub: LiveFeedHub } | undefined
  const note = (event: LedgerEvent) => {
    pnl.apply(event)
    if ("mdNo" in event.data && event.data.mdNo > mdNo) mdNo = event.data.mdNo
    return orders.apply(event)
  }
  const writer = await openAccountWriter({
    log,
    partition: PARTITION,
    clock,
    writerId: `w${process.pid.toString(36)}${Date.now().toString(36)}`,
    seen: marketSeen(board),
    onReplayed: (_, events) => {
      for (const event of events) {
        note(event)
        sessionMarks.note(event.cause)
      }
    },
    onCommitted: ({ events }, state: State) => {
      for (const event of events) {
        const view = note(event)
        running?.hub.committed(event, view)
        running?.session.committed(event, state)
      }
    }
  })
  await firstStart(writer)
  const link = new VenueLink(venue ?? paperVenue(seed), PARTITION)
  const hub = new LiveFeedHub({
    partition: PARTITION,
    orders,
    board,
    pnl: (account) => pnlBody(pnl, account, PARTITION, clock()),
    eventNo: () => pnl.eventNo
  })
  const marks = new Marks(board)
  // no commit can come between: restoring and listening begin in the same turn
  const session = await writer.look((state) => {
    const asked = link.restore(state, clock())
    const trader = demo ? { trader: demoTrader(DEMO_ACCOUNT, seed, state) } : {}
    const own = new OwnCommands(board, PARTITION)
    const before = { watchedTo: undefined, ...missed, no: Math.max(missed?.no ?? 0, mdNo) }
    const live = new LiveSession({
      watchedTo: before.messages === undefined ? before.no : (before.watchedTo ?? 0),
      writer,
      board,
      link,
      own,
      marks,
      clock,
      held: () => pnl.held(),
      ...trader,
      ...limits
    })
    running = { session: live, hub }
    live.resume([...asked, ...own.restore(state, before)], state)
    return live
  })
  return { writer, board, orders, pnl, hub, session, link, sessionMarks, mdNo }
}

/** Instruments, accounts and their first money; what is there already is left as it is. */
const firstStart = async (writer: AccountWriter): Promise<void> => {
  for (const command of firstCommands()) await writer.submit(command)
  for (const account of [TEST_ACCOUNT, DEMO_ACCOUNT]) {
    const untouched = await writer.look((state) => state.accounts.get(account)?.balances.cash.size === 0)
    if (untouched) await writer.submit(firstDeposit(account))
  }
}

/** Keeps the store's projections at the ledger's head. */
export const startProjector = (log: EventLog, store: RowStore, signal: AbortSignal): Projector =>
  project<AccountEvent>({
    log,
    partition: PARTITION,
    codec: ledgerCodec,
    projections: PROJECTIONS as ReadonlyArray<RowFold<LedgerEvent>>,
    store,
    signal,
    batch: { waitMs: 80 }
  })
