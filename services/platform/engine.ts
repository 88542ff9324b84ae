import { memoryRaw } from "#infra/memory/raw-store.ts"
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
import { Reserve } from "#services/session/reserve.ts"
import { ReportIntake } from "#services/session/report-intake.ts"
import { PAPER } from "#services/session/routes.ts"
import { VenueLink } from "#services/session/venue-link.ts"
import { LiveFeedHub } from "#services/desk/live-feed.ts"
import type { LiveOrders } from "#services/desk/live-orders.ts"
import type { LivePnl } from "#services/desk/live-pnl.ts"
import type { SessionMarks } from "#services/desk/session-marks.ts"
import { Views } from "#services/desk/views.ts"
import { pnlBody } from "#services/pnl/desk.ts"
import { openAccountWriter, type AccountWriter } from "#streams/account-writer.ts"
import type { Folded } from "#streams/open-epoch.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import type { RawStore } from "#streams/ports/raw-store.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { decodeReports } from "#streams/report-codec.ts"
import type { RowFold } from "#streams/fold.ts"
import { project, type Projector } from "#streams/project.ts"

export type EngineOptions = {
  /** 0 where absent */
  readonly partition?: number
  /** by whom the partition was followed until now: state and views as far as they go */
  readonly followed?: { readonly folded: Folded<State>; readonly views: Views }
  /** the same of the newest snapshot, for when the writer needs its state anew */
  readonly kept?: () => Promise<Folded<State> | undefined>
  readonly log: EventLog & LogSpace
  /** where the venue's reports are kept as they came */
  readonly raw?: RawStore & LogSpace
  /** of the log's room, kept for what cannot be refused */
  readonly reserveBytes?: number | undefined
  readonly clock: () => Time
  readonly seed: number
  readonly demo: boolean
  readonly staleAfterSeconds?: number
  /** the paper venue in this process where absent */
  readonly venue?: DistantVenue
  /** where the market of the last run stood */
  readonly missed?: MissedMarket
  /** hears of each event that is recorded from here on */
  readonly onEvent?: (event: LedgerEvent) => void
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
  readonly reserve: Reserve
  readonly intake: ReportIntake
  /** the highest market-data number that the ledger has seen */
  readonly mdNo: number
}

/** The one that is there from the start; the accounts that everybody finds are opened in it. */
export const FIRST_PARTITION = 0

/** Replays the ledger, opens its writer, and puts the paper market on top: starting up and recovering are the same. */
export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const { log, raw = memoryRaw(), reserveBytes, partition = FIRST_PARTITION, followed, kept, ...others } = options
  const { clock, seed, demo, venue, missed, onEvent, ...limits } = others
  const board = new PriceBoard()
  const views = followed?.views ?? new Views()
  const { orders, pnl, sessionMarks } = views
  let running: { readonly session: LiveSession; readonly hub: LiveFeedHub } | undefined
  const opened = await openAccountWriter({
    log,
    partition,
    ...(followed !== undefined && { from: followed.folded }),
    ...(kept !== undefined && { kept }),
    clock,
    writerId: `w${process.pid.toString(36)}${Date.now().toString(36)}`,
    seen: marketSeen(board),
    onReplayed: (_, events, state) => views.replayed(events, state),
    onCommitted: ({ events }, state: State) => {
      for (const event of events) {
        const view = views.apply(event)
        running?.hub.committed(event, view)
        running?.session.committed(event, state)
        onEvent?.(event)
      }
    }
  })
  await firstStart(opened)
  const reserve = new Reserve({ spaces: [log, raw], bytes: reserveBytes })
  await reserve.look()
  const writer = reserve.guard(opened)
  const source = partition === FIRST_PARTITION ? PAPER : `${PAPER}-${partition}`
  const intake = new ReportIntake({ venue: PAPER, source, store: raw, writer, log, clock, decode: decodeReports })
  await intake.restore()
  const link = new VenueLink(venue ?? paperVenue(seed), partition)
  const hub = new LiveFeedHub({
    partition,
    orders,
    board,
    pnl: (account) => pnlBody(pnl, account, partition, clock()),
    eventNo: () => pnl.eventNo,
    isListed: (symbol) => writer.look(({ instruments }) => instruments.has(symbol))
  })
  const marks = new Marks(board)
  // no commit can come between: restoring and listening begin in the same turn
  const session = await writer.look((state) => {
    const asked = link.restore(state, clock())
    const trader = demo ? { trader: demoTrader(DEMO_ACCOUNT, seed, state) } : {}
    const own = new OwnCommands(board, partition)
    const before = { watchedTo: undefined, ...missed, no: Math.max(missed?.no ?? 0, views.mdNo) }
    const live = new LiveSession({
      watchedTo: before.messages === undefined ? before.no : (before.watchedTo ?? 0),
      writer,
      board,
      link,
      intake,
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
  return { writer, board, orders, pnl, hub, session, link, sessionMarks, reserve, intake, mdNo: views.mdNo }
}

/** Instruments, accounts and their first money; what is there already is left as it is. */
const firstStart = async (writer: AccountWriter): Promise<void> => {
  const accounts = writer.partition === FIRST_PARTITION ? [TEST_ACCOUNT, DEMO_ACCOUNT] : []
  await Promise.all(firstCommands(undefined, accounts).map((command) => writer.submit(command)))
  for (const account of accounts) {
    const untouched = await writer.look((state) => state.accounts.get(account)?.balances.cash.size === 0)
    if (untouched) await writer.submit(firstDeposit(account))
  }
}

/** Keeps the store's projections at the ledger's head. */
export const startProjector = (
  log: EventLog,
  store: RowStore,
  signal: AbortSignal,
  partition = FIRST_PARTITION
): Projector =>
  project<AccountEvent>({
    log,
    partition,
    codec: ledgerCodec,
    projections: PROJECTIONS as ReadonlyArray<RowFold<LedgerEvent>>,
    store,
    signal,
    batch: { waitMs: 80 }
  })
