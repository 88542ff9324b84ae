import { receivedAt } from "#domain/account/received.ts"
import type { Time } from "#domain/kernel/time.ts"
import { simulatedHistory } from "#domain/market/simulator.ts"
import { storedOrders } from "#services/desk/order-history.ts"
import { recentOrders } from "#services/desk/recent-orders.ts"
import { sender } from "#services/desk/send.ts"
import { Views, type OnOpened } from "#services/desk/views.ts"
import type { Oms } from "#services/oms/contract.ts"
import { makeDesk } from "#services/oms/desk.ts"
import type { Pnl } from "#services/pnl/contract.ts"
import { makePnlDesk } from "#services/pnl/desk.ts"
import type { Risk } from "#services/risk/contract.ts"
import { makeRiskDesk } from "#services/risk/desk.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import type { AccountDirectory } from "#streams/account-directory.ts"
import { followAccounts } from "#streams/account-writer.ts"
import type { Waiting } from "#streams/hold-partition.ts"
import type { Lease } from "#streams/leases.ts"
import type { CommandServer } from "#streams/ports/command-port.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import type { RawStore } from "#streams/ports/raw-store.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { serveCommands } from "#streams/serve-commands.ts"
import type { ClockMarket } from "./clock-market.ts"
import { type Engine, openEngine, startProjector } from "./engine.ts"
import { newestPartition } from "./newest-partition.ts"
import { keepSnapshots, type SnapshotKeeper } from "./snapshot-keeper.ts"
import type { SnapshotWork } from "./snapshot-worker.ts"

export type PartitionDeskOptions = {
  readonly partition: number
  readonly log: EventLog & LogSpace
  /** where its venue's reports are kept as they came */
  readonly raw: RawStore & LogSpace
  readonly directory: AccountDirectory
  readonly commands: CommandServer
  readonly market: ClockMarket
  /** where its projections are kept, when there is a place */
  readonly rows: RowStore | undefined
  readonly clock: () => Time
  readonly seed: number
  /** where its snapshots are, and where the ledger is for who takes them */
  readonly snapshots: Omit<SnapshotWork, "partition">
}

/** Market messages of a minute: what was triggered so long before the newest event is in the ledger. */
const SURELY_RECORDED = 1_800

/** What answers for a partition. */
export type Desks = { readonly oms: Oms; readonly risk: Risk; readonly pnl: Pnl }

/** One partition in a process that writes it, or that would if nobody else did. */
export class PartitionDesk {
  readonly partition: number
  readonly #options: PartitionDeskOptions
  /** of what is written here: whoever stands by reads what others took, where it is the same folder */
  readonly snapshots: SnapshotKeeper
  #serving: { readonly lease: Lease; readonly desks: Desks } | undefined
  #eventNo: (() => number) | undefined
  constructor(options: PartitionDeskOptions) {
    this.#options = options
    this.partition = options.partition
    this.snapshots = keepSnapshots({ ...options.snapshots, partition: options.partition })
    this.snapshots.attach(() => this.#eventNo?.(), undefined)
  }

  /** What answers for the partition here; what is read must be from a writer that nobody else can have replaced. */
  desks(isRead: boolean): Desks | undefined {
    const serving = this.#serving
    return serving !== undefined && (!isRead || serving.lease.isFresh()) ? serving.desks : undefined
  }

  /** Follows the partition until its lease is had. */
  wait(): Waiting {
    const { log, partition, directory } = this.#options
    const onOpened: OnOpened = (opened) => directory.opened(partition, opened)
    let views = new Views(onOpened)
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
        directory.note(partition, commit)
        views.replayed(events, state)
      }
    })
    const { ready, failed } = standby
    return {
      ready,
      failed,
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
        const engine = await openEngine({ log, raw, partition, followed, kept, clock, seed, demo: false, missed })
        return this.#serve(lease, engine)
      },
      close: () =>
        standby.stop().then(
          () => undefined,
          () => undefined // told by `failed`
        )
    }
  }

  async #serve(lease: Lease, engine: Engine) {
    const { log, partition, commands, market, rows, clock } = this.#options
    const { writer, session, hub, orders, pnl, board, intake, reserve } = engine
    const projecting = new AbortController()
    const projector = rows && startProjector(log, rows, projecting.signal, partition)
    projector?.ended.catch(() => {}) // its status says why
    const history = rows && projector ? storedOrders(rows, projector) : recentOrders(orders)
    const detach = market.attach((message) => session.market(message))
    const desks = {
      oms: makeDesk({ writer, log, live: orders, history, clock }),
      risk: makeRiskDesk(writer, sender(writer, log, clock), { seen: marketSeen(board), clock }),
      pnl: makePnlDesk(pnl, partition, clock)
    }
    this.#serving = { lease, desks }
    this.#eventNo = () => writer.head().eventNo
    let unserve = async () => {}
    const stop = async () => {
      // nothing more is taken; what was taken is answered; then the next writer may begin
      await unserve()
      this.#serving = undefined
      detach()
      session.stop()
      hub.close()
      await intake.stop()
      reserve.stop()
      await writer.stop()
      projecting.abort()
      await projector?.ended.catch(() => {})
    }
    try {
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
