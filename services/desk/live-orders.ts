import type { OrderId } from "#domain/kernel/ids.ts"
import { orderNumber } from "#domain/orders/open-orders.ts"
import { executions, type ExecutionRow } from "#projections/executions/executions.ts"
import { isFinished, orders, type OrderRow } from "#projections/orders/orders.ts"
import type { CommitPlace, LedgerEvent } from "#projections/projection.ts"
import type { OrderView } from "./bodies.ts"

/** Nothing of a commit's place is shown in an order. */
const NOWHERE: CommitPlace = { no: 0, id: "", hash: "" }
const MOST_FINISHED = 20_000
/** Looking for the oldest passes over all that went before it: done for each alone, it took most of a replay. */
const FORGOTTEN_AT_ONCE = 1_000

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

/** An order's id as a number, which is found sooner than a text; a text that is no id of ours stays one. */
type Key = number | string
const keyOf = (orderId: string): Key => {
  const number = orderNumber(orderId)
  return Number.isNaN(number) ? orderId : number
}

/** An order as far as it is folded, and what came since and nobody has asked for yet. */
class Known {
  #view: OrderView | undefined
  #unfolded: Array<LedgerEvent>
  constructor(view: OrderView | undefined, unfolded: Array<LedgerEvent>) {
    this.#view = view
    this.#unfolded = unfolded
  }
  get view(): OrderView {
    if (this.#unfolded.length > 0) this.#view = viewOf(this.#unfolded.splice(0), this.#view)
    return this.#view!
  }
  tell(event: LedgerEvent): void {
    this.#unfolded.push(event)
  }
}

/**
 * The orders projection in memory, for what callers ask right after they sent it: every open order and the newest
 * finished ones. Older ones are in the store. It is the same fold, so both say the same.
 */
export class LiveOrders {
  readonly #open = new Map<Key, Known>()
  readonly #finished = new Map<Key, Known>()

  /** As they were told by `open` and `finished` before. */
  static of(open: Iterable<OrderView>, finished: Iterable<OrderView>): LiveOrders {
    const live = new LiveOrders()
    for (const view of open) live.#open.set(keyOf(view.row.orderId), new Known(view, []))
    for (const view of finished) live.#finished.set(keyOf(view.row.orderId), new Known(view, []))
    return live
  }

  apply(event: LedgerEvent): OrderView | undefined {
    const told = this.#told(event)
    if (told === undefined) return undefined
    const { view } = told.known
    this.#keep(told.key, told.known, !isFinished(view.row))
    return view
  }

  /**
   * An event of long ago; whether its order is open is known from the state. It is folded when somebody asks, which for
   * most of a ledger's orders nobody does any more.
   */
  replayed(event: LedgerEvent, isOpen: (id: OrderId) => boolean): void {
    const told = this.#told(event)
    if (told !== undefined) this.#keep(told.key, told.known, isOpen(told.id))
  }

  get(id: OrderId): OrderView | undefined {
    return this.#find(keyOf(id))?.view
  }

  /** Open orders in the order of their placing. */
  *open(): IterableIterator<OrderView> {
    for (const { view } of this.#open.values()) yield view
  }

  /** The newest finished orders, oldest first. */
  *finished(): IterableIterator<OrderView> {
    for (const { view } of this.#finished.values()) yield view
  }

  #find(key: Key): Known | undefined {
    return this.#open.get(key) ?? this.#finished.get(key)
  }

  #told(event: LedgerEvent): { readonly id: OrderId; readonly key: Key; readonly known: Known } | undefined {
    if (!("orderId" in event.data)) return undefined
    const id = event.data.orderId
    const key = keyOf(id)
    let known = this.#find(key)
    if (known === undefined && event.type !== "OrderPlaced") return undefined // a remark on an order of long ago
    known ??= new Known(undefined, [])
    known.tell(event)
    return { id, key, known }
  }

  #keep(key: Key, known: Known, isOpen: boolean): void {
    if (isOpen) {
      this.#open.set(key, known)
      this.#finished.delete(key) // a venue's correction may have opened it again
      return
    }
    this.#open.delete(key)
    this.#finished.set(key, known)
    if (this.#finished.size >= MOST_FINISHED + FORGOTTEN_AT_ONCE) this.#forget()
  }

  #forget(): void {
    let left = FORGOTTEN_AT_ONCE
    for (const key of this.#finished.keys()) {
      if (left-- === 0) return
      this.#finished.delete(key)
    }
  }
}
