import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Limits } from "#domain/risk/limits.ts"
import { must } from "./broken-law.ts"
import { cashNeed, needFor, openUnits, standsFor, together, worstOf, type Followed } from "./followed.ts"
import { difference, failedOf, failing, type Exposure, type Level } from "./judge.ts"
import { OpenOrders } from "./open-orders.ts"
import type { Recount } from "./recount.ts"
import { meets, type Meeting } from "./self-trades.ts"

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
  /** orders of the command that is looked at: its decisions are made on what was before it */
  readonly #fresh = new Set<Followed>()
  #command: Command | undefined
  constructor(recount: Recount) {
    this.#recount = recount
  }

  get haltIds(): ReadonlyArray<string> {
    return [...this.#halts.keys()]
  }

  see(event: Recorded<AccountEvent>, command: Command): void {
    const { type } = event
    if (command !== this.#command) this.#fresh.clear()
    this.#command = command
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

  /** Money that open orders do not hold back, those of one and what stands for it left out. */
  free(account: string, currency: string, but?: Followed): bigint {
    const needOf = (order: Followed) =>
      this.#isLeftOut(order, but) || order.instrument.settlement !== currency ? 0n : cashNeed(order)
    return this.#recount.of(account, currency) - together(this.orders.of(account), needOf)
  }
  #unitsFree({ account, placed, instrument }: Followed, but: Followed): bigint {
    const needOf = (order: Followed) => (this.#isLeftOut(order, but) ? 0n : unitsOf(order, placed.symbol, "sell"))
    return this.#recount.of(account, instrument.base) - together(this.orders.of(account), needOf)
  }
  /** Legs of one command are judged each by itself, also while another of them is denied. */
  #isLeftOut(order: Followed, but: Followed | undefined): boolean {
    if (standsFor(order, but)) return true
    const { group } = order
    return group !== undefined && group === but?.group && group.kind !== "OTO" && this.#fresh.has(order)
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
  exposure(kind: string, id: string, symbol: string, base: string, but?: Followed): Exposure {
    const counted = { position: 0n, buying: 0n, selling: 0n, openOrders: 0 }
    for (const account of this.membersOf(kind, id)) {
      const own = this.orders.of(account)
      counted.position += this.#recount.of(account, base)
      for (const order of own)
        if (order !== but && !order.waits && !(but !== undefined && this.#fresh.has(order))) counted.openOrders++
      counted.buying += together(own, (order) => (this.#isLeftOut(order, but) ? 0n : unitsOf(order, symbol, "buy")))
      counted.selling += together(own, (order) => (this.#isLeftOut(order, but) ? 0n : unitsOf(order, symbol, "sell")))
    }
    return counted
  }

  #judged(event: Decision, { seen }: Command): void {
    const { eventNo, data, cause } = event
    const order = this.orders.known(data.orderId)
    must(order !== undefined, () => `event ${eventNo}: a decision on an order that nobody asked for`)
    const { asked, placed, terms: now } = order!
    const isNew = this.orders.isNew(order!.id)
    const isAsked = isNew || placed.groupId !== undefined || asked?.clOrdId === cause
    must(isAsked, () => `event ${eventNo}: a decision on another request`)
    const terms = asked?.terms ?? (isNew ? { ...now, quantity: placed.quantity } : now)
    const failed = failedOf(data.checks.text).filter((code) => code !== "ORDER_RATE")
    const isCounted = order!.approved && openUnits(order!) > 0n
    const expected = failing({
      order: order!,
      terms,
      seen,
      isCounted,
      isHalted: this.#isHalted(order!.account, placed.symbol),
      levels: this.#levels(order!),
      cashFree: () => this.free(order!.account, order!.instrument.settlement, order),
      unitsFree: () => this.#unitsFree(order!, order!),
      others: () => this.#others(order!)
    })
    must(failed.join() === expected.join(), () => `event ${eventNo}: ${difference(failed, expected)}`)
    if (!order!.approved) this.#fresh.add(order!)
    if (data.decision === "denied") return
    const leaves = (asked?.terms ?? now).quantity - order!.cumQty
    const { reservedCash = 0n, reservedUnits = 0n } = data
    const isSell = placed.side === "sell"
    const held = isSell ? leaves : needFor(order!.instrument, worstOf(order!, terms) ?? 0n, leaves)
    must(
      (isSell ? reservedUnits : reservedCash) === held,
      () => `event ${eventNo}: it says another amount is held back`
    )
  }
  #levels(order: Followed): ReadonlyArray<Level> {
    const { account, placed, instrument } = order
    return [["account", account] as const, ["group", this.groups.get(account)!] as const, FIRM].map(([kind, id]) => ({
      kind,
      limits: this.#limits.get(`${kind} ${id}`) ?? {},
      exposure: () => this.exposure(kind, id, placed.symbol, instrument.base, order)
    }))
  }
  #others(order: Followed): ReadonlyArray<Followed> {
    return this.orders.of(order.account).filter((other) => other !== order && !this.#fresh.has(other))
  }
  /** Of an order that was just placed: which own orders it meets, and what is to be done about it. */
  meetingOf(order: Followed): Meeting {
    this.#fresh.clear() // none of its command's events has been seen yet
    const terms = { ...order.terms, quantity: order.placed.quantity, price: worstOf(order, order.terms) }
    return meets(order, terms, this.#levels(order), () => this.#others(order))
  }

  #isHalted(account: string, symbol: string): boolean {
    for (const halt of this.#halts.values())
      if ((halt.symbol ?? symbol) === symbol && this.membersOf(halt.scope, halt.id ?? "").includes(account)) return true
    return false
  }
}

const FIRM = ["firm", "firm"] as const
const unitsOf = (order: Followed, symbol: string, side: string): bigint =>
  order.placed.symbol === symbol && order.placed.side === side ? openUnits(order) : 0n
