import { groupReaction, groupsAfterRestart } from "#domain/account/group-reaction.ts"
import { monitorReaction, monitorsAfterRestart } from "#domain/account/monitor-reaction.ts"
import type { State } from "#domain/account/state.ts"
import type { OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Price } from "#domain/kernel/money.ts"
import type { PriceBoard } from "#domain/market/board.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { isReached, watchedPrice, type Prices } from "#domain/orders/watch.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"
import { missedCrossings, type Crossing, type MissedMarket } from "./missed-range.ts"
import { react } from "#streams/react.ts"

/**
 * What the platform sends itself: what is due in groups of orders, what the monitors of losses and margins ask for, and
 * the stops that are triggered here instead of at a venue. Everything is told by the ledger and the market, so that starting up and recovering are the same.
 */
export class OwnCommands {
  readonly #board: PriceBoard
  readonly #groups: (event: LedgerEvent) => void
  readonly #monitors: (event: LedgerEvent) => void
  readonly #watched = new Map<Symbol, Set<OrderId>>()
  /** watched since before the platform stopped: whatever has come to pass until the first look was missed */
  readonly #unseen = new Set<OrderId>()
  readonly #due: Array<Submission> = []
  #state: State | undefined

  constructor(board: PriceBoard, partition: number) {
    this.#board = board
    const find = (id: OrderId) => this.#state?.orders.get(id) ?? this.#state?.finished.find(id)
    const push = (command: Submission) => void this.#due.push(command)
    this.#groups = react(
      groupReaction(partition, find, () => this.#state),
      push
    )
    this.#monitors = react(
      monitorReaction(partition, () => this.#state, find),
      push
    )
  }

  /**
   * After a start: groups are asked again, and held stops are watched again. What of the market was missed is looked
   * through first; where that cannot be had, what has come to pass until the first look counts as missed.
   */
  restore(state: State, missed?: MissedMarket): ReadonlyArray<Submission> {
    this.#state = state
    const watched = [...state.orders.values()].filter(isWatched)
    const { crossed, known } = missed === undefined ? NOT_KNOWN : missedCrossings(watched, missed)
    const triggered: Array<Submission> = []
    for (const order of watched) {
      const crossing = crossed.get(order.orderId)
      if (crossing !== undefined) {
        triggered.push(trigger(order, crossing.price, crossing.no, true))
        continue
      }
      this.#watch(order)
      if (!known.has(order.orderId)) this.#unseen.add(order.orderId)
    }
    return [...triggered, ...groupsAfterRestart(state), ...monitorsAfterRestart(state)]
  }

  committed(event: LedgerEvent, state: State): ReadonlyArray<Submission> {
    this.#state = state
    if ("orderId" in event.data) {
      const order = state.orders.get(event.data.orderId)
      if (event.type === "HeldOrderReplaced") this.#unseen.delete(event.data.orderId) // it waits for another price now
      if (order !== undefined && isWatched(order)) this.#watch(order)
      else this.#watched.forEach((ids) => ids.delete((event.data as { orderId: OrderId }).orderId))
    }
    this.#groups(event)
    this.#monitors(event)
    return this.#due.splice(0)
  }

  /** Held stops of the message's symbol that have been reached, after the board shows it. */
  market({ symbol, no }: MarketMessage): ReadonlyArray<Submission> {
    const ids = this.#watched.get(symbol)
    if (ids === undefined || ids.size === 0) return NOTHING
    const prices = this.#pricesOf(symbol)
    const triggered: Array<Submission> = []
    for (const id of ids) {
      const order = this.#state?.orders.get(id)
      const price = order && watchedPrice(order, prices)
      if (order === undefined || price === undefined) continue
      const missed = this.#unseen.delete(id)
      if (!isReached(order, price)) continue
      ids.delete(id)
      triggered.push(trigger(order, price, no, missed))
    }
    return triggered
  }

  #watch({ symbol, orderId }: OpenOrder): void {
    const ids = this.#watched.get(symbol)
    if (ids === undefined) this.#watched.set(symbol, new Set([orderId]))
    else ids.add(orderId)
  }

  #pricesOf(symbol: Symbol): Prices {
    const quote = this.#board.quoteOf(symbol)
    return { last: this.#board.lastOf(symbol)?.price, bid: quote?.bid, ask: quote?.ask }
  }
}

const NOTHING: ReadonlyArray<Submission> = []
const NOT_KNOWN = { crossed: new Map<OrderId, Crossing>(), known: new Set<OrderId>() }

const trigger = (
  { account, orderId, instructions }: OpenOrder,
  price: Price,
  no: number,
  missed: boolean
): Submission => {
  const evidence = { price, source: instructions.triggerOn ?? "last", mdNo: no, ...(missed && { missed }) } as const
  const request = { type: "TriggerOrder", account, orderId, ...evidence } as const
  return { id: `trigger:${orderId}:${no}`, actor: "system:watcher", request }
}
/** Approved, not sent, and waiting for a price rather than for a parent. */
const isWatched = ({ held, counted, triggered, instructions }: OpenOrder): boolean =>
  held && counted && !triggered && instructions.triggerBy === "local"
