import type { OrderId } from "#domain/kernel/ids.ts"
import { executions, type ExecutionRow } from "#projections/executions/executions.ts"
import { isFinished, orders, type OrderRow } from "#projections/orders/orders.ts"
import type { CommitPlace, LedgerEvent } from "#projections/projection.ts"
import type { OrderView } from "./bodies.ts"

/** Nothing of a commit's place is shown in an order. */
const NOWHERE: CommitPlace = { no: 0, id: "", hash: "" }
const MOST_FINISHED = 20_000

/** Folds an order's events, and no others', into what is answered about it. */
export const viewOf = (events: Iterable<LedgerEvent>, before?: OrderView): OrderView | undefined => {
  let view = before
  for (const event of events) {
    if (!("orderId" in event.data)) continue
    const key = [event.data.orderId]
    const row: OrderRow = orders.fold(view?.row ?? orders.empty(key), event, NOWHERE)
    let fills: ReadonlyArray<ExecutionRow> = view?.fills ?? []
    for (const fillKey of executions.keysOf(event)) {
      fills = [...fills, executions.fold(executions.empty(fillKey), event, NOWHERE)]
    }
    view = { row, eventNo: event.eventNo, fills }
  }
  return view
}

/**
 * The orders projection in memory, for what callers ask right after they sent it: every open order and the newest
 * finished ones. Older ones are in the store. It is the same fold, so both say the same.
 */
export class LiveOrders {
  readonly #open = new Map<OrderId, OrderView>()
  readonly #finished = new Map<OrderId, OrderView>()

  apply(event: LedgerEvent): OrderView | undefined {
    if (!("orderId" in event.data)) return undefined
    const id = event.data.orderId
    const before = this.#open.get(id) ?? this.#finished.get(id)
    if (before === undefined && event.type !== "OrderPlaced") return undefined // a remark on an order of long ago
    const view = viewOf([event], before)!
    if (!isFinished(view.row)) {
      this.#open.set(id, view)
      return view
    }
    this.#open.delete(id)
    this.#finished.set(id, view)
    if (this.#finished.size > MOST_FINISHED) this.#finished.delete(this.#finished.keys().next().value!)
    return view
  }

  get(id: OrderId): OrderView | undefined {
    return this.#open.get(id) ?? this.#finished.get(id)
  }

  /** Open orders in the order of their placing. */
  open(): IterableIterator<OrderView> {
    return this.#open.values()
  }

  /** The newest finished orders, oldest first. */
  finished(): IterableIterator<OrderView> {
    return this.#finished.values()
  }
}
