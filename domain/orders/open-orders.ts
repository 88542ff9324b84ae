import type { OrderId } from "#domain/kernel/ids.ts"
import type { OpenOrder } from "./open-order.ts"

/** Numbers of events within a partition stay below this. */
const PARTITION_STRIDE = 2 ** 40

/**
 * An order's id as one number, by which it is looked up: a map of numbers takes an eighth of the time of one of texts.
 * NaN for a text that is no order's id (`partition-eventNo`, both without leading zeros).
 */
export const orderNumber = (orderId: string): number => {
  let value = 0
  let partition = -1
  let from = 0
  for (let i = 0; i < orderId.length; i++) {
    const digit = orderId.charCodeAt(i) - 48
    if (digit >= 0 && digit <= 9) {
      if (digit === 0 && i === from && i + 1 < orderId.length && orderId.charCodeAt(i + 1) !== 45) return Number.NaN
      value = value * 10 + digit
    } else {
      if (digit !== -3 || partition >= 0 || i === 0) return Number.NaN
      partition = value
      value = 0
      from = i + 1
    }
  }
  return partition < 0 || from === orderId.length || value >= PARTITION_STRIDE || partition >= 8192
    ? Number.NaN
    : partition * PARTITION_STRIDE + value
}

/** Orders of a partition have larger numbers, and those of the next one larger ones again. */
export const firstNumber = (partition: number): number => partition * PARTITION_STRIDE

const PAGE = 128
const NO_ORDERS: ReadonlyArray<OpenOrder | undefined> = Array.from({ length: PAGE })
type Page = { readonly orders: Array<OpenOrder | undefined>; open: number }

/**
 * Every open order of a partition by its number. Numbers come one after the other, so they are kept in pages of an array
 * instead of a map, and a page goes with its last order.
 */
export class OpenOrders {
  readonly pages = new Map<number, Page>()
  size = 0
  #newest: Page = { orders: [], open: 0 }
  #newestNo = -1

  get(orderId: OrderId): OpenOrder | undefined {
    return this.at(orderNumber(orderId))
  }
  has(orderId: OrderId): boolean {
    return this.get(orderId) !== undefined
  }
  /** The order of a number, see {@link orderNumber}; undefined for NaN. */
  at(number: number): OpenOrder | undefined {
    return this.#pageOf(number)?.orders[number % PAGE]
  }
  put(order: OpenOrder): void {
    const { number } = order
    let page = this.#pageOf(number)
    if (page === undefined) {
      page = { orders: NO_ORDERS.slice(), open: 0 }
      this.#newestNo = Math.floor(number / PAGE)
      this.#newest = page
      this.pages.set(this.#newestNo, page)
    }
    if (page.orders[number % PAGE] === undefined) {
      page.open++
      this.size++
    }
    page.orders[number % PAGE] = order
  }
  remove({ number }: OpenOrder): void {
    const page = this.#pageOf(number)
    if (page?.orders[number % PAGE] === undefined) return
    page.orders[number % PAGE] = undefined
    this.size--
    if (--page.open > 0) return
    this.pages.delete(Math.floor(number / PAGE))
    this.#newestNo = -1
  }
  *values(): IterableIterator<OpenOrder> {
    for (const { orders } of this.pages.values()) for (const order of orders) if (order !== undefined) yield order
  }
  /** The one that so many come before, or undefined. */
  nth(no: number): OpenOrder | undefined {
    let left = no
    for (const { orders, open } of this.pages.values()) {
      if (left >= open) left -= open
      else for (const order of orders) if (order !== undefined && left-- === 0) return order
    }
    return undefined
  }
  *keys(): IterableIterator<OrderId> {
    for (const { orderId } of this.values()) yield orderId
  }

  #pageOf(number: number): Page | undefined {
    const no = Math.floor(number / PAGE)
    if (no === this.#newestNo) return this.#newest
    const page = this.pages.get(no)
    if (page !== undefined) {
      this.#newest = page
      this.#newestNo = no
    }
    return page
  }
}

/** The open orders of one account as they came; all of them are in the partition's {@link OpenOrders} as well. */
export class AccountOrders {
  readonly list: Array<OpenOrder | undefined> = []
  size = 0
  readonly #all: OpenOrders
  readonly account: string

  constructor(all: OpenOrders, account: string, list: ReadonlyArray<OpenOrder | undefined> = []) {
    this.#all = all
    this.account = account
    for (const order of list) {
      this.list.push(order)
      if (order !== undefined) this.size++
    }
  }
  get(orderId: OrderId): OpenOrder | undefined {
    const order = this.#all.get(orderId)
    return order?.account === this.account ? order : undefined
  }
  has(orderId: OrderId): boolean {
    return this.get(orderId) !== undefined
  }
  put(order: OpenOrder): void {
    this.#all.put(order)
    // asked first: an element -1 is looked for by name, which takes longer than all else here
    if (order.place >= 0 && this.list[order.place] === order) return
    order.place = this.list.length
    this.list.push(order)
    this.size++
  }
  remove(order: OpenOrder): void {
    this.#all.remove(order)
    if (order.place < 0 || this.list[order.place] !== order) return
    this.list[order.place] = undefined
    this.size--
    if (this.list.length < 16 || this.size * 2 > this.list.length) return
    const left = this.list.filter((one) => one !== undefined)
    for (const [place, one] of left.entries()) one.place = place
    this.list.splice(0, this.list.length, ...left)
  }
  *values(): IterableIterator<OpenOrder> {
    for (const order of this.list) if (order !== undefined) yield order
  }
}
