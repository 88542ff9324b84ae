import type { State } from "#domain/account/state.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import { placedBy, type Placed } from "#streams/account-directory.ts"
import type { OrderView } from "./bodies.ts"
import { LiveOrders } from "./live-orders.ts"
import { LivePnl } from "./live-pnl.ts"
import { SessionMarks } from "./session-marks.ts"

export type OnOpened = (opened: Placed) => void

/** What the views are made of: all of it is in a snapshot, see `views-bytes.ts`. */
type Parts = {
  readonly orders: LiveOrders
  readonly pnl: LivePnl
  readonly sessionMarks: SessionMarks
  readonly mdNo: number
}

/** What a partition's events are folded into beside the writer's state, for those who ask. */
export class Views implements Parts {
  readonly orders: LiveOrders
  readonly pnl: LivePnl
  readonly sessionMarks: SessionMarks
  /** the highest market-data number that the ledger has seen */
  mdNo: number
  readonly #onOpened: OnOpened | undefined

  /** `onOpened` hears of each account that is opened here, or comes here, from here on */
  constructor(onOpened?: OnOpened, parts: Partial<Parts> = {}) {
    this.#onOpened = onOpened
    this.orders = parts.orders ?? new LiveOrders()
    this.pnl = parts.pnl ?? new LivePnl()
    this.sessionMarks = parts.sessionMarks ?? new SessionMarks()
    this.mdNo = parts.mdNo ?? 0
  }

  /** A commit of before this process wrote: of the sessions of that time it is told how far they came. */
  replayed(events: ReadonlyArray<LedgerEvent>, state: State): void {
    const isOpen = (id: Parameters<State["orders"]["has"]>[0]) => state.orders.has(id)
    for (const event of events) {
      this.#note(event)
      this.sessionMarks.note(event.cause)
      this.orders.replayed(event, isOpen)
    }
  }

  apply(event: LedgerEvent): OrderView | undefined {
    this.#note(event)
    return this.orders.apply(event)
  }

  #note(event: LedgerEvent): void {
    this.pnl.apply(event)
    if (this.#onOpened !== undefined) for (const placed of placedBy(event)) this.#onOpened(placed)
    if ("mdNo" in event.data && event.data.mdNo > this.mdNo) this.mdNo = event.data.mdNo
  }
}
