import { receivedAt } from "#domain/account/received.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import { simulatedHistory } from "#domain/market/simulator.ts"
import { storedOrders } from "#services/desk/order-history.ts"
import { recentOrders } from "#services/desk/recent-orders.ts"
import { sender } from "#services/desk/send.ts"
import { Views, type OnOpened } from "#services/desk/views.ts"
import type { Oms } from "#services/oms/contract.ts"
import { makeDesk } from "#services/oms/desk.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Pnl } from "#services/pnl/contract.ts"
import { makePnlDesk } from "#services/pnl/desk.ts"
import type { Risk } from "#services/risk/contract.ts"
import { makeRiskDesk } from "#services/risk/desk.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import type { AccountDirectory } from "#streams/account-directory.ts"
import { followAccounts } from "#streams/account-writer.ts"
import { commandClient } from "#streams/command-client.ts"
import type { ChainHead } from "#streams/commit.ts"
import type { Waiting } from "#streams/hold-partition.ts"
import type { Lease } from "#streams/leases.ts"
import type { CommandPort, CommandServer } from "#streams/ports/command-port.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import type { RawStore } from "#streams/ports/raw-store.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { serveCommands } from "#streams/serve-commands.ts"
import { TransferCourier } from "#streams/transfer-courier.ts"
import type { ClockMarket } from "./clock-market.ts"
import { type Engine, openEngine, startProjector } from "./engine.ts"
import { locateTransfers } from "./locate-transfers.ts"
import type { ProcessProof } from "./process-proof.ts"
import { newestPartition } from "./newest-partition.ts"
import { takeOverFirm } from "./take-over-firm.ts"
import { keepSnapshots, type SnapshotKeeper } from "./snapshot-keeper.ts"
import type { SnapshotWork } from "./snapshot-worker.ts"

export type PartitionDeskOptions = {
  readonly partition: number
  readonly log: EventLog & LogSpace
  /** where its venue's reports are kept as they came */
  readonly raw: RawStore & LogSpace
  readonly directory: AccountDirectory
  readonly commands: CommandServer & CommandPort
  /** which partition an account is in, by all that is recorded */
  readonly whereIs: (account: AccountId) => Promise<number | undefined>
  readonly market: ClockMarket
  /** where its projections are kept, when there is a place */
  readonly rows: RowStore | undefined
  readonly clock: () => Time
  readonly seed: number
  /** signs and archives it while it is written here */
  readonly proof: ProcessProof
  /** Rejects where the ledger lacks what was known of it, `seen` among it: then nobody may write it. */
  readonly checkEnd: (partition: number, seen: ChainHead | undefined) => Promise<void>
  /** where its snapshots are, and where the ledger is for who takes them */
  readonly snapshots: Omit<SnapshotWork, "partition">
}

/** Market messages of a minute: what was triggered so long before the newest event is in the ledger. */
const SURELY_RECORDED = 1_800

/** So long a transfer is offered to another partition until it is said that it waits, and offered again. */
const COURIER_WAITS_MS = 3_000

/** What answers for a partition. */
export type Desks = {
  readonly oms: Oms
  readonly risk: Risk
  readonly pnl: Pnl
  /** whether an account has left for another partition */
  readonly isAway: (account: AccountId) => Promise<boolean>
}

/** One partition in a process that writes it, or that would if nobody else did. */
export class PartitionDesk {
  readonly partition: number
  readonly #options: PartitionDeskOptions
  /** of what is written here: whoever stands by reads what others took, where it is the same folder */
  readonly snapshots: SnapshotKeeper
  #serving: { readonly lease: Lease; readonly desks: Desks; readonly courier: TransferCourier } | undefined
  /** nobody is answered before what the firm has elsewhere holds here */
  #isOpen = false
  #eventNo: (() => number) | undefined
  /** the newest commit that was read or written here */
  #seen: ChainHead | undefined
  constructor(options: PartitionDeskOptions) {
    this.#options = options
    this.partition = options.partition
    this.snapshots = keepSnapshots({ ...options.snapshots, partition: options.partition })
    this.snapshots.attach(() => this.#eventNo?.(), undefined)
  }

  /** What answers for the partition here; what is read must be from a writer that nobody else can have replaced. */
  desks(isRead: boolean): Desks | undefined {
    const serving = this.#isOpen ? this.#serving : undefined
    return serving !== undefined && (!isRead || serving.lease.isFresh()) ? serving.desks : undefined
  }

  /** Why transfers to other partitions are waiting, by partition; undefined where nothing is written here. */
  waiting(): ReadonlyMap<number, string> | undefined {
    return this.#serving?.courier.waiting()
  }

  /** Follows the partition until its lease is had. */
  wait(): Waiting {
    const { log, partition, directory } = this.#options
    const onOpened: OnOpened = (opened) => directory.opened(partition, opened)
    let views = new Views(onOpened)
    // beside the reading: a take-over should not take longer for it
    const checked = this.#options.checkEnd(partition, this.#seen)
    const standby = followAccounts({
      log,
      partition,
      from: async () => {
        const begun = await newestPartition(this.#options.snapshots.settings, log, partition, onOpened)
        if (begun === undefined) return undefined
        views = begun.views
        directory.read(partition, begun.from.no)
        this.snapshots.attach(() => this.#eventNo?.(), begun.from)
        return begun.folded
      },
      onCommit: (commit, events, state) => {
        this.#saw(commit.stored)
        directory.note(partition, commit)
        views.replayed(events, state)
      }
    })
    const ready = Promise.all([checked, standby.ready]).then(() => undefined)
    ready.catch(() => {}) // told to whoever waits for it
    return {
      ready,
      failed: standby.failed,
      serve: async (lease) => {
        const { raw, clock, seed, market } = this.#options
        const { settings } = this.#options.snapshots
        const folded = await standby.stop()
        const missed = {
          no: market.no(),
          // the writer before recorded triggers within moments, or never got to its next commit
          watchedTo: Math.max(0, views.mdNo - SURELY_RECORDED),
          messages: simulatedHistory(seed)
        }
        const followed = { folded, views }
        const kept = async () => (await newestPartition(settings, log, partition))?.folded
        const onEvent = (event: LedgerEvent) => this.#serving?.courier.committed(event)
        const where = { log, raw, partition, followed, kept, clock, seed }
        const engine = await openEngine({ ...where, demo: false, missed, onEvent })
        return this.#serve(lease, engine)
      },
      close: () =>
        standby.stop().then(
          () => undefined,
          () => undefined // told by `failed`
        )
    }
  }

  #saw({ no, hash }: ChainHead): void {
    if (no > (this.#seen?.no ?? 0)) this.#seen = { no, hash }
  }

  async #serve(lease: Lease, engine: Engine) {
    const { log, partition, commands, market, rows, clock, whereIs, proof } = this.#options
    const { session, hub, orders, pnl, board, intake, reserve } = engine
    const writer = locateTransfers(engine.writer, whereIs)
    const courier = new TransferCourier(engine.writer, commandClient({ port: commands, patienceMs: COURIER_WAITS_MS }))
    const projecting = new AbortController()
    const projector = rows && startProjector(log, rows, projecting.signal, partition)
    projector?.ended.catch(() => {}) // its status says why
    const history = rows && projector ? storedOrders(rows, projector) : recentOrders(orders)
    const detach = market.attach((message) => session.market(message))
    const desks = {
      oms: makeDesk({ writer, log, live: orders, history, clock }),
      risk: makeRiskDesk(writer, sender(writer, log, clock), { seen: marketSeen(board), clock, log }),
      pnl: makePnlDesk(pnl, partition, clock),
      isAway: (account: AccountId) => writer.look((state) => state.away.has(account))
    }
    this.#serving = { lease, desks, courier }
    this.#eventNo = () => writer.head().eventNo
    // a writer that another may have replaced, one that was stalled for instance, signs nothing
    const proving = proof.begin(partition, () => (lease.isFresh() ? { ...writer.head(), partition } : undefined))
    let unserve = async () => {}
    const stop = async () => {
      // nothing more is taken; what was taken is answered; then the next writer may begin
      await unserve()
      this.#isOpen = false
      this.#serving = undefined
      await courier.stop()
      detach()
      session.stop()
      hub.close()
      await intake.stop()
      reserve.stop()
      await writer.stop()
      this.#saw(writer.head())
      proving.end()
      projecting.abort()
      await projector?.ended.catch(() => {})
    }
    try {
      await takeOverFirm(log, writer)
      this.#isOpen = true
      await writer.look((state) => courier.restore(state))
      const received: typeof writer.submit = ({ request, ...head }) =>
        writer.submit({ ...head, request: receivedAt(request, clock()) })
      unserve = await serveCommands(commands, { ...writer, submit: received })
    } catch (error) {
      await stop()
      throw error
    }
    return { ended: writer.ended, stop }
  }
}
