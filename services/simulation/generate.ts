import type { Command, Request } from "#domain/account/commands.ts"
import type { State } from "#domain/account/state.ts"
import { chanceOf } from "#domain/kernel/chance.ts"
import type { AccountId, Currency, ExecId, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, timesHalfUp, type Cash, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { plusMicros, timeOfMicros, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { leavesQty, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { VenueReport } from "#domain/venue/messages.ts"

/** Few accounts, groups, symbols and ids, and small amounts: generated stories meet each other all the time. */
const ACCOUNTS = ["A1", "A2", "B1", "B2", "C1"] as ReadonlyArray<string> as ReadonlyArray<AccountId>
const SYMBOLS = ["AAAUSD", "BBBUSD"] as ReadonlyArray<string> as ReadonlyArray<Symbol>
const START_MICROS = 1_700_000_000_000_000

const fixed = (text: string) => parseFixed(text)
const instrument = (symbol: Symbol, version: number): Instrument => ({
  symbol,
  version,
  base: symbol.slice(0, 3) as Currency,
  quote: "USD" as Currency,
  settlement: "USD" as Currency,
  tick: fixed("0.5") as Price,
  lot: fixed("0.1") as Quantity,
  minNotional: fixed("20") as Cash,
  multiplier: fixed("1") as Rate,
  makerFee: fixed("0.0002") as Rate,
  takerFee: fixed(version % 2 === 0 ? "0.0005" : "0.00077") as Rate
})

/** Draws commands and venue reports from a seed: the same seed, the same story, whatever the machine. */
export class Generator {
  readonly #seed: number
  #step = 0
  #draws = 0
  #micros = START_MICROS
  #lastReports: Array<VenueReport> = []
  constructor(seed: number) {
    this.#seed = seed
  }

  #below(most: number): number {
    return chanceOf(this.#seed, this.#step, this.#draws++) % most
  }
  #one<T>(of: ReadonlyArray<T>): T {
    return of[this.#below(of.length)]!
  }

  /** The next command, given where the partition stands. Clocks stand still, crawl, and jump over midnight. */
  next(state: State): Command {
    this.#step++
    this.#draws = 0
    this.#micros += this.#one([0, 1, 1000, 250_000, 5_000_000, this.#below(200) === 0 ? 40_000_000_000 : 10])
    const at = timeOfMicros(this.#micros)
    const request = this.#step <= 12 ? this.#opening(this.#step) : this.#request(state, at)
    const id = request.type === "VenueReported" ? request.report.execId : this.#id()
    const priced = this.#below(20) > 0
    const seen = priced ? { last: this.#price(), lastNo: this.#step, lastAt: at, ask: this.#price() } : {}
    return { id, actor: "simulation", at, request, seen }
  }

  /** Ids come again now and then: a repeat, or another content under an old id. */
  #id(): string {
    return this.#below(12) === 0 ? `c${Math.max(0, this.#step - this.#below(40))}` : `c${this.#step}`
  }

  #opening(step: number): Request {
    if (step <= 2) return { type: "AdoptInstrument", instrument: instrument(SYMBOLS[step - 1]!, 1) }
    if (step <= 7) {
      const account = ACCOUNTS[step - 3]!
      const owner = account[0]! as OwnerId
      return {
        type: "OpenAccount",
        account,
        owner,
        group: owner as string as GroupId,
        accountType: "cash",
        currency: "USD" as Currency
      }
    }
    return this.#deposit(ACCOUNTS[step - 8]!, "2000")
  }
  #deposit(account: AccountId, amount: string): Request {
    return { type: "Deposit", account, currency: "USD" as Currency, amount: fixed(amount) as Cash }
  }

  #request(state: State, at: Time): Request {
    const kind = this.#below(100)
    const open = [...state.orders.values()]
    const order = open.length > 0 ? this.#one(open) : undefined
    if (order !== undefined && kind < 46) return this.#report(order, at)
    if (order !== undefined && kind < 54) return { type: "CancelOrder", account: order.account, orderId: order.orderId }
    if (order !== undefined && kind < 60) return this.#replace(order)
    const account = this.#one(ACCOUNTS)
    if (kind < 60) return this.#submit(account)
    if (kind < 62) return { type: "CancelAll", account, ...(this.#below(2) === 0 && { symbol: this.#one(SYMBOLS) }) }
    if (kind < 66) return this.#money(account)
    if (kind < 69) return this.#limits(account)
    if (kind < 71) return this.#halt(state, account)
    if (kind === 71) return { type: "AdoptInstrument", instrument: instrument(this.#one(SYMBOLS), 1 + this.#below(4)) }
    if (kind === 72)
      return {
        type: "RecordMark",
        symbol: this.#one(SYMBOLS),
        price: this.#price(),
        source: "mid",
        mdNo: this.#step,
        markedAt: at
      }
    if (kind === 73 && this.#lastReports.length > 0) return this.#again()
    if (kind === 74) return this.#refused(account, at)
    return this.#submit(account)
  }

  #price(): Price {
    const odd = this.#below(40) === 0 ? fixed("0.1") : 0n
    return (fixed("90") + BigInt(this.#below(41)) * fixed("0.5") + odd) as Price
  }
  #quantity(): Quantity {
    const odd = this.#below(30) === 0 ? 1_234_567n : 0n
    return (BigInt(1 + this.#below(60)) * fixed("0.1") + odd) as Quantity
  }

  #submit(account: AccountId): Request {
    const orderType = this.#one(["limit", "limit", "limit", "market", "stop", "stop-limit"] as const)
    const limit = orderType === "limit" || orderType === "stop-limit"
    const timeInForce =
      orderType === "market"
        ? this.#one(["IOC", "FOK"] as const)
        : this.#one(["GTC", "DAY", "IOC", "FOK", "GTD"] as const)
    const wrong = this.#below(40) === 0
    return {
      type: "SubmitOrder",
      account: this.#below(60) === 0 ? ("nobody" as AccountId) : account,
      symbol: this.#below(60) === 0 ? ("ZZZ" as Symbol) : this.#one(SYMBOLS),
      side: this.#one(["buy", "sell", "buy"]),
      orderType,
      timeInForce,
      quantity: this.#quantity(),
      ...(limit !== wrong && { price: this.#price() }),
      ...((orderType === "stop" || orderType === "stop-limit") && { stopPrice: this.#price() }),
      ...(timeInForce === "GTD" && { expireAt: timeOfMicros(this.#micros + this.#below(10_000_000) - 1000) })
    }
  }
  #replace({ account, orderId }: OpenOrder): Request {
    return {
      type: "ReplaceOrder",
      account,
      orderId,
      ...(this.#below(2) === 0 && { quantity: this.#quantity() }),
      ...(this.#below(3) === 0 && { price: this.#price() }),
      ...(this.#below(8) === 0 && { stopPrice: this.#price() })
    }
  }
  #money(account: AccountId): Request {
    if (this.#below(2) === 0) return this.#deposit(account, String(1 + this.#below(500)))
    return {
      ...(this.#deposit(account, String(1 + this.#below(900))) as Request & { type: "Deposit" }),
      type: "Withdraw"
    }
  }
  /** What can only be refused, one way or another. */
  #refused(account: AccountId, at: Time): Request {
    const other = account === "A1" ? "B" : "A"
    const terms = {
      owner: other as OwnerId,
      group: other as GroupId,
      accountType: "cash",
      currency: "USD" as Currency
    } as const
    return this.#one<Request>([
      { type: "OpenAccount", account, ...terms, owner: "Z" as OwnerId },
      { type: "OpenAccount", account: "D1" as AccountId, ...terms, owner: "Z" as OwnerId },
      { ...(this.#deposit(account, "1") as Request & { type: "Deposit" }), effectiveAt: plusMicros(at, 1) },
      this.#deposit(account, "0"),
      { type: "Resume", haltId: "halt-0-1" },
      { type: "Halt", scope: "group", scopeId: "Z", reason: "simulation" },
      { type: "SetLimits", scope: "account", scopeId: "Z", changes: {}, reason: "simulation" },
      { ...(this.#submit(account) as Request & { type: "SubmitOrder" }), quantity: -1n as Quantity },
      { ...(this.#submit(account) as Request & { type: "SubmitOrder" }), orderType: "market", timeInForce: "DAY" }
    ])
  }
  #limits(account: AccountId): Request {
    const scope = this.#one(["account", "group", "firm"] as const)
    const changes = this.#one<(Request & { type: "SetLimits" })["changes"]>([
      { maxOrderNotional: fixed(String(50 + this.#below(800))) as Cash },
      { maxPosition: fixed(String(1 + this.#below(40))) as Quantity, maxOpenOrders: 1 + this.#below(30) },
      { maxOrdersPerSecond: 1 + this.#below(20), collarPercent: fixed(String(1 + this.#below(30))) as Rate },
      { maxOrderNotional: null, maxPosition: null, maxOpenOrders: null, maxOrdersPerSecond: null, collarPercent: null }
    ])
    const scopeId = scope === "firm" ? "firm" : scope === "group" ? account[0]! : account
    return { type: "SetLimits", scope, scopeId, changes, reason: "simulation" }
  }
  #halt(state: State, account: AccountId): Request {
    const standing = [...state.halts.keys()]
    if (standing.length > 0) return { type: "Resume", haltId: this.#one(standing) }
    return {
      type: "Halt",
      scope: this.#one(["account", "firm"] as const),
      scopeId: account,
      ...(this.#below(2) === 0 && { symbol: this.#one(SYMBOLS) }),
      reason: "simulation"
    }
  }

  /** What a venue sends: mostly what the order is due, now and then what it is not. */
  #report(order: OpenOrder, at: Time): Request {
    const head = {
      at,
      account: order.account,
      orderId: order.orderId,
      execId: `X${this.#step}` as ExecId,
      mdNo: this.#step
    }
    const queueAhead = 0n as Quantity
    const kind = this.#below(24)
    const report: VenueReport =
      order.venueOrderId === undefined && kind < 20
        ? { type: "New", ...head, venueOrderId: `V${order.orderId}`, queueAhead }
        : kind < 12
          ? { type: "Trade", ...head, ...this.#trade(order), queueAhead }
          : order.pendingReplace !== undefined && kind < 18
            ? { type: "Replaced", ...head, ...termsOf(order), queueAhead }
            : this.#ending(order, head, kind)
    this.#lastReports = [...this.#lastReports.slice(-20), report]
    return { type: "VenueReported", account: order.account, venue: "paper", report }
  }
  #trade(order: OpenOrder) {
    const leaves = leavesQty(order)
    const part = this.#below(3) === 0 ? leaves : (leaves / BigInt(1 + this.#below(4)) / fixed("0.1")) * fixed("0.1")
    const quantity = (this.#below(60) === 0 ? leaves + fixed("0.1") : part) as Quantity
    const worst = worstPrice(order) ?? order.stopPrice ?? this.#price()
    const better = BigInt(this.#below(4)) * fixed("0.5")
    const price = (order.side === "buy" ? worst - better : worst + better) as Price
    const liquidity = this.#one(["maker", "taker"] as const)
    const rate = liquidity === "maker" ? order.instrument.makerFee : order.instrument.takerFee
    const fee = timesHalfUp(notionalOf(order.instrument, price, quantity), rate) as Cash
    return { quantity, price, liquidity, fee, feeCurrency: "USD" as Currency }
  }
  #ending(
    order: OpenOrder,
    head: { at: Time; account: AccountId; orderId: OrderId; execId: ExecId; mdNo: number },
    kind: number
  ): VenueReport {
    const reason = "simulation"
    if (order.pendingCancel !== undefined && kind < 21)
      return { type: this.#one(["Canceled", "CancelRejected"] as const), ...head, reason }
    if (order.pendingReplace !== undefined) return { type: "ReplaceRejected", ...head, reason }
    if (kind === 23)
      return { type: "Trade", ...head, orderId: "0-1" as OrderId, ...this.#trade(order), queueAhead: 0n as Quantity }
    return {
      type: this.#one(["Canceled", "Expired", "Rejected", "Triggered"] as const),
      ...head,
      reason,
      queueAhead: 0n as Quantity
    } as VenueReport
  }
  /** A venue sends a report twice, perhaps long after the order is finished. */
  #again(): Request {
    const report = this.#one(this.#lastReports)
    return { type: "VenueReported", account: report.account, venue: "paper", report }
  }
}

const termsOf = (order: OpenOrder) => {
  const { quantity, price, stopPrice } = order.pendingReplace!
  return { quantity, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) }
}
