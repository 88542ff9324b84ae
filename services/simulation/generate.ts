import type { Command, Request } from "#domain/account/commands.ts"
import type { State } from "#domain/account/state.ts"
import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { plusMicros, timeOfMicros, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { Draw } from "./draw.ts"
import { Reports } from "./generate-reports.ts"

/** Few accounts, groups, symbols and ids, and small amounts: generated stories meet each other all the time. */
const ACCOUNTS = ["A1", "A2", "B1", "B2", "C1"] as ReadonlyArray<string> as ReadonlyArray<AccountId>
const SYMBOLS = ["AAAUSD", "BBBUSD"] as ReadonlyArray<string> as ReadonlyArray<Symbol>
/** Each story begins with its instruments, accounts and their money. */
export const OPENING_STEPS = 12
/** with so many open orders, reports on them come as often as anything else */
const CROWD = 11
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
  readonly #draw: Draw
  readonly #reports: Reports
  #micros = START_MICROS
  constructor(seed: number) {
    this.#draw = new Draw(seed)
    this.#reports = new Reports(this.#draw)
  }

  /** The next command, given where the partition stands. Clocks stand still, crawl, and jump over midnight. */
  next(state: State): Command {
    this.#draw.nextStep()
    this.#micros += this.#draw.one([0, 1, 1000, 250_000, 5_000_000, this.#draw.below(200) === 0 ? 40_000_000_000 : 10])
    const at = timeOfMicros(this.#micros)
    const request = this.#draw.step <= OPENING_STEPS ? this.#opening(this.#draw.step) : this.#request(state, at)
    const id = request.type === "VenueReported" ? request.report.execId : this.#id()
    const priced = this.#draw.below(20) > 0
    const seen = priced
      ? { last: this.#draw.price(), lastNo: this.#draw.step, lastAt: at, ask: this.#draw.price() }
      : {}
    return { id, actor: "simulation", at, request, seen }
  }

  /** Ids come again now and then: a repeat, or another content under an old id. */
  #id(): string {
    return this.#draw.below(12) === 0
      ? `c${Math.max(0, this.#draw.step - this.#draw.below(40))}`
      : `c${this.#draw.step}`
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
    return this.#deposit(ACCOUNTS[step - 8]!, "3000")
  }
  #deposit(account: AccountId, amount: string): Request {
    return { type: "Deposit", account, currency: "USD" as Currency, amount: fixed(amount) as Cash }
  }

  #request(state: State, at: Time): Request {
    const kind = this.#draw.below(100)
    const open = [...state.orders.values()]
    const order = open.length > 0 ? this.#draw.one(open) : undefined
    // the fewer are open, the less is said of them: otherwise orders would end before others are placed beside them
    const crowd = Math.min(open.length, CROWD)
    if (order !== undefined && kind < crowd * 4) return this.#reports.of(order, at)
    if (order !== undefined && kind < crowd * 4.5)
      return { type: "CancelOrder", account: order.account, orderId: order.orderId }
    if (order !== undefined && kind < crowd * 5.2) return this.#replace(order)
    const account = this.#draw.one(ACCOUNTS)
    if (kind < 60) return this.#submit(account)
    if (kind < 62)
      return { type: "CancelAll", account, ...(this.#draw.below(2) === 0 && { symbol: this.#draw.one(SYMBOLS) }) }
    if (kind < 66) return this.#money(account)
    if (kind < 69) return this.#limits(account)
    if (kind < 71) return this.#halt(state, account)
    if (kind === 71)
      return { type: "AdoptInstrument", instrument: instrument(this.#draw.one(SYMBOLS), 1 + this.#draw.below(4)) }
    if (kind === 72)
      return {
        type: "RecordMark",
        symbol: this.#draw.one(SYMBOLS),
        price: this.#draw.price(),
        source: "mid",
        mdNo: this.#draw.step,
        markedAt: at
      }
    if (kind === 73 && this.#reports.hasSome) return this.#reports.again()
    if (kind === 74) return this.#refused(account, at)
    return this.#submit(account)
  }

  #quantity(): Quantity {
    const odd = this.#draw.below(30) === 0 ? 1_234_567n : 0n
    return (BigInt(1 + this.#draw.below(60)) * fixed("0.1") + odd) as Quantity
  }

  #submit(account: AccountId): Request {
    const orderType = this.#draw.one(["limit", "limit", "limit", "market", "stop", "stop-limit"] as const)
    const limit = orderType === "limit" || orderType === "stop-limit"
    const timeInForce =
      orderType === "market"
        ? this.#draw.one(["IOC", "FOK"] as const)
        : this.#draw.one(["GTC", "DAY", "IOC", "FOK", "GTD"] as const)
    const wrong = this.#draw.below(40) === 0
    return {
      type: "SubmitOrder",
      account: this.#draw.below(60) === 0 ? ("nobody" as AccountId) : account,
      symbol: this.#draw.below(60) === 0 ? ("ZZZ" as Symbol) : this.#draw.one(SYMBOLS),
      side: this.#draw.one(["buy", "sell", "buy"]),
      orderType,
      timeInForce,
      quantity: this.#quantity(),
      ...(limit !== wrong && { price: this.#draw.price() }),
      ...((orderType === "stop" || orderType === "stop-limit") && { stopPrice: this.#draw.price() }),
      ...(timeInForce === "GTD" && { expireAt: timeOfMicros(this.#micros + this.#draw.below(10_000_000) - 1000) })
    }
  }
  #replace({ account, orderId }: OpenOrder): Request {
    return {
      type: "ReplaceOrder",
      account,
      orderId,
      ...(this.#draw.below(2) === 0 && { quantity: this.#quantity() }),
      ...(this.#draw.below(3) === 0 && { price: this.#draw.price() }),
      ...(this.#draw.below(8) === 0 && { stopPrice: this.#draw.price() })
    }
  }
  #money(account: AccountId): Request {
    if (this.#draw.below(2) === 0) return this.#deposit(account, String(1 + this.#draw.below(500)))
    return {
      ...(this.#deposit(account, String(1 + this.#draw.below(900))) as Request & { type: "Deposit" }),
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
    return this.#draw.one<Request>([
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
    const scope = this.#draw.one(["account", "group", "firm"] as const)
    const none = {
      maxOrderNotional: null,
      maxPosition: null,
      maxOpenOrders: null,
      maxOrdersPerSecond: null,
      collarPercent: null
    }
    const changes = this.#draw.one<(Request & { type: "SetLimits" })["changes"]>([
      { maxOrderNotional: fixed(String(50 + this.#draw.below(2000))) as Cash },
      {
        maxPosition: fixed(String(1 + this.#draw.below(150))) as Quantity,
        maxOpenOrders: 1 + this.#draw.below(1 + this.#draw.below(30))
      },
      { maxOrdersPerSecond: 1 + this.#draw.below(20), collarPercent: fixed(String(1 + this.#draw.below(30))) as Rate },
      none,
      none
    ])
    const scopeId = scope === "firm" ? "firm" : scope === "group" ? account[0]! : account
    return { type: "SetLimits", scope, scopeId, changes, reason: "simulation" }
  }
  #halt(state: State, account: AccountId): Request {
    const standing = [...state.halts.keys()]
    if (standing.length === 0 && this.#draw.below(3) > 0) return this.#submit(account) // mostly there is no halt
    if (standing.length > 0) return { type: "Resume", haltId: this.#draw.one(standing) }
    return {
      type: "Halt",
      scope: this.#draw.one(["account", "firm"] as const),
      scopeId: account,
      ...(this.#draw.below(2) === 0 && { symbol: this.#draw.one(SYMBOLS) }),
      reason: "simulation"
    }
  }
}
