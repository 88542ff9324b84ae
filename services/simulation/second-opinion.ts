import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { ONE } from "#domain/kernel/money.ts"
import type { Limits } from "#domain/risk/limits.ts"
import { must } from "./broken-law.ts"
import {
  failedOf,
  heldCash,
  needFor,
  OpenOrders,
  openUnits,
  worstOf,
  type Followed,
  type Terms
} from "./open-orders.ts"
import type { Recount } from "./recount.ts"

type Decision = Extract<Recorded<AccountEvent>, { type: "OrderRiskDecided" }>
type Halt = { readonly scope: string; readonly id?: string; readonly symbol?: string }

/**
 * Judges every order once more, by what the events before it say: added up from the beginning, not kept as totals. Which
 * checks a decision failed must be the same. The order rate is left out: it is a budget, and has tests of its own.
 */
export class SecondOpinion {
  readonly orders = new OpenOrders()
  readonly groups = new Map<string, string>()
  readonly #all: Array<string> = []
  readonly #members = new Map<string, Array<string>>()
  readonly #recount: Recount
  readonly #limits = new Map<string, Limits>()
  readonly #halts = new Map<string, Halt>()
  constructor(recount: Recount) {
    this.#recount = recount
  }

  get haltIds(): ReadonlyArray<string> {
    return [...this.#halts.keys()]
  }

  see(event: Recorded<AccountEvent>, command: Command): void {
    const { type } = event
    if (type === "AccountOpened") this.#opened(event.data)
    if (type === "LimitsSet") this.#limits.set(`${event.data.scope} ${event.data.id}`, event.data)
    if (type === "TradingHalted") this.#halts.set(event.data.haltId, event.data)
    if (type === "TradingResumed") this.#halts.delete(event.data.haltId)
    if (type === "Withdrawn") {
      const free = this.free(event.account!, event.data.currency)
      must(event.data.amount <= free, () => `event ${event.eventNo}: more was withdrawn than was free`)
    }
    if (type === "OrderRiskDecided") this.#judged(event, command)
    this.orders.see(event)
  }

  /** Money that open orders do not hold back, those of one left out. */
  free(account: string, currency: string, but?: Followed): bigint {
    const own = this.orders.of(account).filter((order) => order !== but && order.instrument.settlement === currency)
    return own.reduce((left, order) => left - heldCash(order), this.#recount.of(account, currency))
  }
  unitsFree(account: string, { placed, instrument }: Followed, but?: Followed): bigint {
    const own = this.orders.of(account).filter((order) => order !== but && order.placed.symbol === placed.symbol)
    const sells = own.filter((order) => order.placed.side === "sell")
    return sells.reduce((left, order) => left - openUnits(order), this.#recount.of(account, instrument.base))
  }
  membersOf(kind: string, id: string): ReadonlyArray<string> {
    if (kind === "account") return this.groups.has(id) ? [id] : []
    return (kind === "firm" ? this.#all : this.#members.get(id)) ?? []
  }
  #opened({ account, group }: { readonly account: string; readonly group: string }): void {
    this.groups.set(account, group)
    this.#all.push(account)
    const members = this.#members.get(group)
    if (members === undefined) this.#members.set(group, [account])
    else members.push(account)
  }
  /** Units held of a symbol, in open buys, in open sells, and the open orders of a scope. */
  exposure(kind: string, id: string, symbol: string, base: string, but?: Followed) {
    const counted = { position: 0n, buying: 0n, selling: 0n, openOrders: 0 }
    for (const account of this.membersOf(kind, id)) {
      counted.position += this.#recount.of(account, base)
      for (const order of this.orders.of(account)) {
        counted.openOrders++
        if (order === but || order.placed.symbol !== symbol) continue
        if (order.placed.side === "buy") counted.buying += openUnits(order)
        else counted.selling += openUnits(order)
      }
    }
    return counted
  }

  #judged(event: Decision, { seen }: Command): void {
    const order = this.orders.deciding(event.data.orderId)
    must(order !== undefined, () => `event ${event.eventNo}: a decision on an order that nobody asked for`)
    const isNew = this.orders.isNew(order!.id)
    must(isNew || order!.asked?.clOrdId === event.cause, () => `event ${event.eventNo}: a decision on another request`)
    const terms = isNew ? order!.terms : order!.asked!.terms!
    const failed = failedOf(event.data.checks).filter((code) => code !== "ORDER_RATE")
    const expected = this.#failing(order!, terms, isNew ? undefined : order, seen)
    must(failed.join() === expected.join(), () => `event ${event.eventNo}: ${difference(failed, expected)}`)
    if (event.data.decision === "denied") return
    const leaves = terms.quantity - order!.cumQty
    const { reservedCash = 0n, reservedUnits = 0n } = event.data
    const isSell = order!.placed.side === "sell"
    const held = isSell ? leaves : needFor(order!.instrument, worstOf(order!, terms) ?? 0n, leaves)
    must(
      (isSell ? reservedUnits : reservedCash) === held,
      () => `event ${event.eventNo}: it says another amount is held back`
    )
  }

  /** The checks that fail by what is known from events, in the order of their codes. */
  #failing(
    order: Followed,
    terms: Terms,
    replaced: Followed | undefined,
    seen: Command["seen"]
  ): ReadonlyArray<string> {
    const { account, instrument, placed } = order
    const isBuy = placed.side === "buy"
    const leaves = terms.quantity - order.cumQty
    const worst = worstOf(order, terms) ?? (placed.orderType === "stop" ? terms.stopPrice : undefined)
    const reference = terms.stopPrice ?? seen?.last
    const valued = worst ?? reference
    const notional = valued === undefined ? undefined : (valued * leaves * instrument.multiplier) / (ONE * ONE)
    const scopes = [
      ["account", account],
      ["group", this.groups.get(account)!],
      ["firm", "firm"]
    ] as const
    const limits = scopes.map(([kind, id]) => ({
      kind,
      id,
      limits: this.#limits.get(`${kind} ${id}`) ?? ({} as Partial<Limits>)
    }))
    const failed: Array<string> = []
    const fail = (code: string, fails: boolean) => void (fails && failed.push(code))
    fail("HALTED", this.#isHalted(account, placed.symbol))
    fail(
      "TICK_SIZE",
      [worst, terms.stopPrice].some((price) => price !== undefined && price % instrument.tick !== 0n)
    )
    fail("LOT_SIZE", terms.quantity < instrument.lot || terms.quantity % instrument.lot !== 0n)
    fail("MIN_NOTIONAL", notional !== undefined && notional < instrument.minNotional)
    const over = limits.some(
      ({ limits: { maxOrderNotional: most } }) => most !== undefined && notional !== undefined && notional > most
    )
    fail("MAX_ORDER_NOTIONAL", over)
    const percents = limits.flatMap(({ limits: { collarPercent } }) => collarPercent ?? [])
    const percent = percents.length === 0 ? 20n * ONE : percents.reduce((least, one) => (one < least ? one : least))
    fail("PRICE_COLLAR", reference === undefined || isOutside(isBuy, worst, reference, percent))
    const cost = worst === undefined ? undefined : needFor(instrument, worst, leaves)
    fail("BUYING_POWER", isBuy && (cost === undefined || cost > this.free(account, instrument.settlement, replaced)))
    fail("HOLDINGS", !isBuy && leaves > this.unitsFree(account, order, replaced))
    const tooFar = limits.some(({ kind, id, limits: { maxPosition: most } }) => {
      if (most === undefined) return false
      const { position, buying, selling } = this.exposure(kind, id, placed.symbol, instrument.base, replaced)
      const before = isBuy ? position + buying : position - selling
      const after = isBuy ? before + leaves : before - leaves
      return size(after) > most && size(after) > size(before)
    })
    fail("MAX_POSITION", tooFar)
    const tooMany = limits.some(({ kind, id, limits: { maxOpenOrders: most } }) => {
      return most !== undefined && this.exposure(kind, id, placed.symbol, instrument.base).openOrders + 1 > most
    })
    fail("MAX_OPEN_ORDERS", replaced === undefined && tooMany)
    return failed
  }

  #isHalted(account: string, symbol: string): boolean {
    return [...this.#halts.values()].some(
      (halt) => (halt.symbol ?? symbol) === symbol && this.membersOf(halt.scope, halt.id ?? "").includes(account)
    )
  }
}

/** Only the codes that differ: what else fails is another matter, and a shorter history may do without. */
const difference = (failed: ReadonlyArray<string>, expected: ReadonlyArray<string>): string => {
  const passed = expected.filter((code) => !failed.includes(code)).map((code) => `${code} passed, it fails`)
  const wrong = failed.filter((code) => !expected.includes(code)).map((code) => `${code} failed, it passes`)
  return `${[...passed, ...wrong].join(", ") || "checks in another order"} by its history`
}
const size = (value: bigint): bigint => (value < 0n ? -value : value)
/** More than `percent` from the reference on the side that hurts. A buy without a price could trade at any. */
const isOutside = (isBuy: boolean, price: bigint | undefined, reference: bigint, percent: bigint): boolean => {
  if (price === undefined) return isBuy
  const away = isBuy ? price - reference : reference - price
  return away * 100n * ONE > reference * percent
}
