import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { ONE } from "#domain/kernel/money.ts"
import { EPOCH } from "#domain/kernel/time.ts"
import type { Limits } from "#domain/risk/limits.ts"
import { must } from "./broken-law.ts"
import { cashNeed, needFor, openUnits, standsFor, together, worstOf, type Followed } from "./followed.ts"
import { difference, failedOf, failing, lazily, type Exposure, type Level } from "./judge.ts"
import { initialRateOf, maintenanceRateOf, upFrom, type MarginCase } from "./margin-case.ts"
import { OpenOrders } from "./open-orders.ts"
import type { Recount } from "./recount.ts"
import { meets, type Meeting } from "./self-trades.ts"
import { TransitLaws } from "./transit-laws.ts"
import { halfEven, Worths, type LossCode } from "./worths.ts"

type Decision = Extract<Recorded<AccountEvent>, { type: "OrderRiskDecided" }>
type Halt = { readonly scope: string; readonly id?: string; readonly symbol?: string; readonly mode?: string }
/** Budgets, and sums of what open orders are worth at prices of their moments: these have tests of their own. */
const NOT_JUDGED = new Set(["ORDER_RATE", "MAX_GROSS_NOTIONAL", "MAX_OPEN_NOTIONAL"])

/**
 * Judges every order once more, by what the events before it say: added up from the beginning, not kept as totals. Which
 * checks a decision failed must be the same.
 */
export class SecondOpinion {
  readonly orders = new OpenOrders()
  readonly groups = new Map<string, string>()
  readonly worths: Worths
  readonly transit = new TransitLaws()
  readonly margined = new Set<string>()
  readonly #all: Array<string> = []
  readonly #members = new Map<string, Array<string>>()
  readonly #recount: Recount
  readonly #limits = new Map<string, Limits>()
  readonly #halts = new Map<string, Halt>()
  /** orders of the command that is looked at: its decisions are made on what was before it */
  readonly #fresh = new Set<Followed>()
  readonly #scopes = new Map<string, ReadonlyArray<string>>()
  readonly #lossHalts = new Set<string>()
  readonly #called = new Set<string>()
  readonly #allotted = new Map<string, bigint>()
  #command: Command | undefined
  constructor(recount: Recount) {
    this.#recount = recount
    this.worths = new Worths(recount, {
      scopesOf: (account) => this.scopesOf(account),
      membersOf: (scope) => {
        const at = scope.indexOf(" ")
        return this.membersOf(scope.slice(0, at), scope.slice(at + 1))
      },
      instruments: () => this.orders.instruments()
    })
  }

  scopesOf(account: string): ReadonlyArray<string> {
    return this.#scopes.get(account) ?? []
  }
  /** What an account holds of a symbol, and what of it open sells hold back. */
  unitsOf(account: string, symbol: string): bigint {
    return this.#recount.of(account, this.orders.instrument(symbol)!.base)
  }
  selling(account: string, symbol: string): bigint {
    return together(this.orders.of(account), (order) => unitsOf(order, symbol, "sell"))
  }
  /** Which loss a halt is for, by its reason. */
  lossOf(reason: string): LossCode | undefined {
    return (["DAILY_LOSS", "TRAILING_LOSS", "DRAWDOWN"] as const).find((code) => reason.startsWith(`${code}:`))
  }
  /** Once halted for a loss, it is not again before that was over. */
  wasHalted(scope: string, code: LossCode): boolean {
    return this.#lossHalts.has(`${scope} ${code}`)
  }
  isCalled(account: string): boolean {
    return this.#called.has(account)
  }
  /** What of the firm's limit a group has, or all groups have. */
  allotted(limit: string, group = ""): bigint {
    return this.#allotted.get(`${limit} ${group}`) ?? 0n
  }
  limitsOf(scope: string): Limits {
    return this.#limits.get(scope) ?? {}
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
    if (type === "TradingHalted") this.#halted(event)
    if (type === "MarginCalled") this.#called.add(event.account!)
    if (type === "MarginRestored") this.#called.delete(event.account!)
    if (type === "LimitAllotted") this.#allot(event.data, event.data.amount)
    if (type === "LimitReturned") this.#allot(event.data, -event.data.amount)
    if (type === "TradingResumed") this.#halts.delete(event.data.haltId)
    this.worths.see(event)
    if (type === "GroupMovedOut") for (const { account } of event.data.moved.accounts) this.#left(account)
    if (type === "GroupMovedIn" || type === "GroupReturned")
      for (const opened of event.data.moved.accounts) this.#opened({ ...opened, group: event.data.group })
    this.transit.see(event, command)
    if (type === "Withdrawn") {
      const most = this.payable(event.account!, event.data.currency)
      must(event.data.amount <= most, () => `event ${event.eventNo}: more was withdrawn than was free`)
    }
    if (type === "OrderRiskDecided") this.#judged(event, command)
    this.orders.see(event)
  }

  /** Its postings are booked. */
  booked(event: Recorded<AccountEvent>): void {
    this.worths.booked(event)
  }

  #halted({ actor, data }: Extract<Recorded<AccountEvent>, { type: "TradingHalted" }>): void {
    this.#halts.set(data.haltId, data)
    const code = actor === "system:monitor" ? this.lossOf(data.reason) : undefined
    if (code !== undefined) this.#lossHalts.add(`${data.scope} ${data.id ?? "firm"} ${code}`)
  }
  #allot({ limit, group }: { readonly limit: string; readonly group: string }, amount: bigint): void {
    for (const to of ["", group]) this.#allotted.set(`${limit} ${to}`, this.allotted(limit, to) + amount)
  }
  /** Money that may leave at most: of a margin account what its positions alone do not need, and no loan. */
  payable(account: string, currency: string): bigint {
    if (!this.margined.has(account)) return this.free(account, currency)
    const scope = `account ${account}`
    const excess = this.worths.equity(scope) - upFrom(this.worths.margin(scope, initialRateOf))
    const money = this.#recount.of(account, currency)
    return excess < money ? excess : money
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
  #opened({
    account,
    group,
    accountType
  }: {
    readonly account: string
    readonly group: string
    readonly accountType: string
  }): void {
    if (accountType === "margin") this.margined.add(account)
    this.#scopes.set(account, [`account ${account}`, `group ${group}`, "firm firm"])
    this.groups.set(account, group)
    this.#all.push(account)
    const members = this.#members.get(group)
    if (members === undefined) this.#members.set(group, [account])
    else members.push(account)
  }
  #left(account: string): void {
    const members = this.#members.get(this.groups.get(account)!)!
    for (const list of [this.#all, members]) list.splice(list.indexOf(account), 1)
    this.groups.delete(account)
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
    const isAsked = isNew || placed.groupId !== undefined || (asked?.clOrdId ?? order!.heldChange) === cause
    must(isAsked, () => `event ${eventNo}: a decision on another request`)
    const terms = asked?.terms ?? (isNew ? { ...now, quantity: placed.quantity } : now)
    const failed = failedOf(data.checks.text).filter((code) => !NOT_JUDGED.has(code))
    const isCounted = order!.approved && openUnits(order!) > 0n
    const expected = failing({
      order: order!,
      terms,
      seen,
      isCounted,
      halt: this.#haltOf(order!.account, placed.symbol),
      margin: this.margined.has(order!.account) ? this.#marginOf(order!, data.checks.text) : undefined,
      levels: this.#levels(order!, event),
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
  #levels(order: Followed, { recordedAt }: Pick<Decision, "recordedAt">): ReadonlyArray<Level> {
    const { account, placed, instrument } = order
    return [["account", account] as const, ["group", this.groups.get(account)!] as const, FIRM].map(([kind, id]) => ({
      kind,
      limits: this.#limits.get(`${kind} ${id}`) ?? {},
      exposure: lazily(() => this.exposure(kind, id, placed.symbol, instrument.base, order)),
      lost: (code) => this.worths.lost(`${kind} ${id}`, code, recordedAt)
    }))
  }
  #others(order: Followed): ReadonlyArray<Followed> {
    return this.orders.of(order.account).filter((other) => other !== order && !this.#fresh.has(other))
  }
  #marginOf(order: Followed, checks: string): MarginCase {
    const scope = `account ${order.account}`
    return {
      equity: this.worths.equity(scope),
      initial: this.worths.margin(scope, initialRateOf),
      maintenance: this.worths.margin(scope, maintenanceRateOf),
      opening: this.#openingOf(order),
      rate: initialRateOf(order.instrument),
      checks
    }
  }
  /** What the other open orders of an account need; undefined where groups or what has no price are among them. */
  #openingOf(judged: Followed): bigint | undefined {
    if (judged.group !== undefined) return undefined
    let sum = 0n
    for (const order of this.orders.of(judged.account)) {
      if (order === judged || order.waits) continue
      if (order.group !== undefined) return undefined
      let price = worstOf(order, order.terms) ?? order.terms.stopPrice
      for (const { terms } of order.pending)
        if (terms?.price !== undefined && (price === undefined || terms.price > price)) price = terms.price
      if (price === undefined) return undefined
      const { instrument } = order
      sum += halfEven(price * openUnits(order) * instrument.multiplier, ONE * ONE) * initialRateOf(instrument)
    }
    return sum
  }
  /** Of an order that was just placed: which own orders it meets, and what is to be done about it. */
  meetingOf(order: Followed): Meeting {
    this.#fresh.clear() // none of its command's events has been seen yet
    const terms = { ...order.terms, quantity: order.placed.quantity, price: worstOf(order, order.terms) }
    return meets(order, terms, this.#levels(order, NOW), () => this.#others(order))
  }

  #haltOf(account: string, symbol: string): "all" | "reduce-only" | undefined {
    let found: "reduce-only" | undefined
    for (const { scope, id = "", symbol: of = symbol, mode } of this.#halts.values()) {
      if (of !== symbol || !this.membersOf(scope, id).includes(account)) continue
      if (mode !== "reduce-only") return "all"
      found = mode
    }
    return found
  }
}

/** Whether something would meet does not depend on what was lost. */
const NOW = { recordedAt: EPOCH }
const FIRM = ["firm", "firm"] as const
const unitsOf = (order: Followed, symbol: string, side: string): bigint =>
  order.placed.symbol === symbol && order.placed.side === side ? openUnits(order) : 0n
