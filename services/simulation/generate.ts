import type { Command, Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import { chanceOf } from "#domain/kernel/chance.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import {
  LONGEST_ID,
  type AccountId,
  type ClOrdId,
  type Currency,
  type GroupId,
  type OwnerId,
  type Symbol
} from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { plusMicros, timeOfMicros, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { hashFor } from "#streams/account-writer.ts"
import { Draw } from "./draw.ts"
import { Entries } from "./generate-entries.ts"
import { Groups } from "./generate-groups.ts"
import { Monitors } from "./generate-monitors.ts"
import { Orders, type Submit } from "./generate-orders.ts"
import { Reports } from "./generate-reports.ts"
import { allot, halt, kill, limits } from "./generate-settings.ts"

/** Few accounts, groups, symbols and ids, and small amounts: generated stories meet each other all the time. */
const ACCOUNTS = ["A1", "A2", "B1", "M1", "M2"] as ReadonlyArray<string> as ReadonlyArray<AccountId>
const SYMBOLS = ["AAAUSD", "BBBUSD"] as ReadonlyArray<string> as ReadonlyArray<Symbol>
/** Each story begins with its instruments, accounts and their money. */
export const OPENING_STEPS = 13
/** with so many open orders, reports on them come as often as anything else */
const CROWD = 11
const START_MICROS = 1_700_000_000_000_000

const owner = (account: AccountId): OwnerId => account[0]! as OwnerId
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
  takerFee: fixed(version % 2 === 0 ? "0.0005" : "0.00077") as Rate,
  // the last leaves so little room that margin accounts are called
  ...(version === 3 && { initialMargin: fixed("0.2") as Rate, maintenanceMargin: fixed("0.18") as Rate }),
  ...(version === 4 && { initialMargin: fixed("0.9") as Rate, maintenanceMargin: fixed("0.88") as Rate })
})

/** Draws commands and venue reports from a seed: the same seed, the same story, whatever the machine. */
const RICH = ["999999999999999999", "70000000000000000", "9000000000000"]

export class Generator {
  readonly #draw: Draw
  /** In one world of ten some can pay for anything; in the others money is short, as most rules are about. */
  readonly #isRich: boolean
  readonly #orders: Orders
  readonly #groups: Groups
  readonly #reports: Reports
  readonly #entries: Entries
  readonly #monitors: Monitors
  #micros = START_MICROS
  constructor(seed: number) {
    this.#draw = new Draw(seed)
    this.#isRich = chanceOf(seed, "rich") % 10 === 0
    this.#orders = new Orders(this.#draw)
    this.#groups = new Groups(this.#draw, this.#orders)
    this.#reports = new Reports(this.#draw)
    this.#entries = new Entries(this.#draw, ACCOUNTS, SYMBOLS)
    this.#monitors = new Monitors(this.#draw)
  }

  /**
   * The next command, given where the partition stands and what came last. Clocks stand still, crawl, and jump over
   * midnight.
   */
  next(state: State, last: ReadonlyArray<Recorded<AccountEvent>> = []): Command {
    this.#draw.nextStep()
    this.#micros += this.#draw.one([0, 1, 1000, 250_000, 5_000_000, this.#draw.below(200) === 0 ? 40_000_000_000 : 10])
    const at = timeOfMicros(this.#micros)
    this.#groups.hear(state, last)
    this.#monitors.hear(state, last)
    const priced = this.#draw.below(20) > 0
    const seen = priced
      ? { last: this.#draw.price(), lastNo: this.#draw.step, lastAt: at, ask: this.#draw.price() }
      : {}
    const due = this.#groups.due() ?? this.#monitors.due()
    if (due !== undefined) return { ...due, at, seen }
    const request = this.#draw.step <= OPENING_STEPS ? this.#opening(this.#draw.step) : this.#request(state, at)
    const id = request.type === "VenueReported" ? request.report.execId : this.#id()
    return { id, actor: "simulation", at, request, seen, ...hashFor(request, state) }
  }

  /** Ids come again now and then: a repeat, or another content under an old id. Some are as long as an id may be. */
  #id(): string {
    const step = this.#draw.below(12) === 0 ? Math.max(0, this.#draw.step - this.#draw.below(40)) : this.#draw.step
    return step % 97 === 96 ? `c${step}`.padEnd(LONGEST_ID, "-") : `c${step}`
  }

  #opening(step: number): Request {
    if (step <= 2) return { type: "AdoptInstrument", instrument: instrument(SYMBOLS[step - 1]!, 1) }
    if (step === OPENING_STEPS)
      return {
        type: "SetLimits",
        scope: "firm",
        scopeId: "firm",
        changes: { shortAllowed: true },
        reason: "simulation"
      }
    if (step <= 7) {
      const account = ACCOUNTS[step - 3]!
      return {
        type: "OpenAccount",
        account,
        owner: owner(account),
        group: owner(account) as string as GroupId,
        accountType: owner(account) === "M" ? "margin" : "cash",
        currency: "USD" as Currency
      }
    }
    return this.#deposit(ACCOUNTS[step - 8]!, owner(ACCOUNTS[step - 8]!) === "M" ? "400" : "3000")
  }
  #deposit(account: AccountId, amount: string): Request {
    return { type: "Deposit", account, currency: "USD" as Currency, amount: fixed(amount) as Cash }
  }

  #request(state: State, at: Time): Request {
    const kind = this.#draw.below(100)
    const order = this.#openOrder(state)
    // the fewer are open, the less is said of them: otherwise orders would end before others are placed beside them
    const crowd = Math.min(state.orders.size, CROWD)
    if (order !== undefined && kind < crowd * 5.5) return this.#about(order, kind / crowd, at)
    const account = this.#draw.one(ACCOUNTS)
    if (kind < 62)
      return this.#draw.below(6) === 0 ? this.#groups.submit(account, SYMBOLS, at) : this.#submit(account, at)
    if (kind < 64)
      return { type: "CancelAll", account, ...(this.#draw.below(2) === 0 && { symbol: this.#draw.one(SYMBOLS) }) }
    if (kind < 68) return this.#money(account)
    if (kind < 71) return this.#draw.below(3) === 0 ? allot(this.#draw, account) : limits(this.#draw, account)
    if (kind < 73) return halt(this.#draw, state, account, SYMBOLS) ?? this.#submit(account, at)
    if (kind === 73)
      return { type: "AdoptInstrument", instrument: instrument(this.#draw.one(SYMBOLS), 1 + this.#draw.below(4)) }
    if (kind === 74)
      return {
        type: "RecordMark",
        symbol: this.#draw.one(SYMBOLS),
        price: this.#draw.price(),
        source: "mid",
        mdNo: this.#draw.step,
        markedAt: at
      }
    if (kind === 75 && this.#reports.hasSome) return this.#reports.again()
    if (kind === 76) return this.#draw.below(10) === 0 ? kill(this.#draw, account, SYMBOLS) : this.#refused(account, at)
    if (kind > 90 && state.halts.size > 0 && this.#draw.below(2) === 0)
      return halt(this.#draw, state, account, SYMBOLS) ?? this.#submit(account, at)
    if (kind >= 97) return this.#entries.request(state)
    if (kind < 84) {
      const over = this.#reports.finished(state)
      if (over !== undefined)
        return this.#draw.below(12) === 0 ? this.#orders.replace(over) : this.#reports.late(over, at)
    }
    return this.#submit(account, at)
  }

  #openOrder({ orders }: State): OpenOrder | undefined {
    return orders.size === 0 ? undefined : orders.nth(this.#draw.below(orders.size))
  }

  /** Of an open order: mostly what its venue says, `share` of 5.5 being what is asked of it. */
  #about(order: OpenOrder, share: number, at: Time): Request {
    const { account, orderId } = order
    if (share >= 4.7) return this.#orders.replace(order)
    if (share >= 4.2) return this.#orders.cancel(order)
    if (share >= 4)
      return {
        type: "RecordRoute",
        account,
        orderId,
        clOrdId: `0-${order.placedNo}` as ClOrdId,
        venue: "paper",
        ...((order.route !== undefined || this.#draw.below(4) === 0) && { unknown: "no answer in time" })
      }
    if (!order.held) return this.#reports.of(order, at)
    const evidence = { price: this.#draw.price(), source: "last", mdNo: this.#draw.step } as const
    return { type: "TriggerOrder", account, orderId, ...evidence }
  }

  #submit(account: AccountId, at: Time): Submit {
    const nobody = this.#draw.below(60) === 0 ? ("nobody" as AccountId) : account
    const symbol = this.#draw.below(60) === 0 ? ("ZZZ" as Symbol) : this.#draw.one(SYMBOLS)
    return this.#orders.submit(nobody, symbol, at)
  }
  #money(account: AccountId): Request {
    // with little money margin accounts are called now and then
    const most = owner(account) === "M" ? 40 : 500
    if (this.#isRich && this.#draw.below(40) === 0) return this.#deposit(account, this.#draw.one(RICH))
    if (this.#draw.below(2) === 0) return this.#deposit(account, String(1 + this.#draw.below(most)))
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
      { ...this.#submit(account, at), quantity: -1n as Quantity },
      { ...this.#submit(account, at), orderType: "market", timeInForce: "DAY" },
      { type: "SubmitGroup", account, kind: "OCO", orders: [this.#submit(account, at)] }
    ])
  }
}
