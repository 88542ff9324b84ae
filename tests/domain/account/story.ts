// Tells a partition's story command by command, as a writer would, with amounts as text on both sides.
import { Result } from "effect"
import { nothingAnswered } from "#domain/account/answered.ts"
import type { Command, MarketSeen, Request, SubmitOrder } from "#domain/account/commands.ts"
import { accountDecider, answeredBefore } from "#domain/account/decider.ts"
import { ACCOUNT_EVENTS, type AccountEvent } from "#domain/account/events.ts"
import type { Account, State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, Currency, ExecId, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import {
  formatFixed,
  parseFixed,
  timesHalfUp,
  type Cash,
  type Price,
  type Quantity,
  type Rate
} from "#domain/kernel/money.ts"
import { plusMicros, timeOfText, type Time } from "#domain/kernel/time.ts"
import { cashOf, holdingOf } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Origin } from "#domain/orders/events.ts"
import type { Instructions } from "#domain/orders/instructions.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import type { OrderType, Side, TimeInForce, VenueReport } from "#domain/venue/messages.ts"
import { exposureOf } from "#domain/risk/scope.ts"
import { hashFor } from "#streams/account-writer.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"

/** A Monday morning. */
export const MORNING = timeOfText("2026-03-02T10:00:00Z")!
export const at = (text: string): Time => timeOfText(text)!
export const amount = <T extends bigint>(text: string): T => parseFixed(text) as T
export const BTC = "BTCUSDT" as Symbol
export const USDT = "USDT" as Currency

export const instrument = (symbol = "BTCUSDT", change: Partial<Instrument> = {}): Instrument => ({
  symbol: symbol as Symbol,
  version: 1,
  base: symbol.replace(/USDT$/, "") as Currency,
  quote: USDT,
  settlement: USDT,
  tick: amount<Price>("0.5"),
  lot: amount<Quantity>("0.1"),
  minNotional: amount<Cash>("5"),
  multiplier: amount<Rate>("1"),
  makerFee: amount<Rate>("0.0002"),
  takerFee: amount<Rate>("0.0005"),
  ...change
})

/** An order as a caller writes it: limit unless said otherwise, GTC, or IOC when it is a market order. */
export type Wanted = {
  readonly account?: string
  readonly symbol?: string
  readonly side?: Side
  readonly type?: OrderType
  readonly tif?: TimeInForce
  readonly quantity?: string
  readonly price?: string
  readonly stopPrice?: string
  readonly expireAt?: Time
  readonly also?: Instructions & Origin
}
export const order = (wanted: Wanted = {}): SubmitOrder => {
  const { account = "A", symbol = "BTCUSDT", side = "buy", type = "limit", quantity = "1", price, stopPrice } = wanted
  return {
    type: "SubmitOrder",
    account: account as AccountId,
    symbol: symbol as Symbol,
    side,
    orderType: type,
    timeInForce: wanted.tif ?? (type === "market" ? "IOC" : "GTC"),
    quantity: amount(quantity),
    ...(price !== undefined && { price: amount<Price>(price) }),
    ...(stopPrice !== undefined && { stopPrice: amount<Price>(stopPrice) }),
    ...(wanted.expireAt !== undefined && { expireAt: wanted.expireAt }),
    ...wanted.also
  }
}

/** The market as text, `{}` for a market that nobody knows. */
export const market = (last?: string, ask?: string): MarketSeen => ({
  ...(last !== undefined && { last: amount<Price>(last), lastNo: 7, lastAt: plusMicros(MORNING, -250) }),
  ...(ask !== undefined && { ask: amount<Price>(ask), askNo: 8, askAt: MORNING })
})
const MARKET = market("100", "100")

type Body<R = VenueReport> = R extends { type: infer T } ? { type: T } & Partial<Omit<R, "type" | "execId">> : never
export type Said = Body & { readonly execId?: string }
type Head = { readonly id?: string; readonly seen?: MarketSeen; readonly at?: Time; readonly actor?: string }

/** What came of a command. */
export type Outcome = {
  readonly kind: "facts" | "repeat" | "nothing" | "refused"
  readonly code?: string
  readonly field?: string
  readonly events: ReadonlyArray<Recorded<AccountEvent>>
  /** of a repeat, which events answered it */
  readonly first?: number
  readonly last?: number
  readonly partition?: number
}

const VERSION = new Map(ACCOUNT_EVENTS.map(({ type, v }) => [type, v]))
type Decided = Extract<Recorded<AccountEvent>, { type: "OrderRiskDecided" }>

export class Story {
  readonly decider
  readonly bytes: Array<string> = []
  readonly most: number | undefined
  state: State
  now: Time = MORNING
  #commands = 0
  readonly #prefix: string

  constructor({ partition = 0, most }: { readonly partition?: number; readonly most?: number } = {}) {
    // who moves here remembers ids of elsewhere
    this.#prefix = partition === 0 ? "c" : `c${partition}-`
    this.decider = accountDecider(partition)
    this.most = most
    this.state = this.#initial()
  }
  #initial(): State {
    const state = this.decider.initial()
    return this.most === undefined ? state : { ...state, answered: nothingAnswered(this.most) }
  }

  /** Accounts A and B of group G and C of group H, with 10,000 USDT each, and BTCUSDT to trade at 100. */
  static begun(options: ConstructorParameters<typeof Story>[0] = {}): Story {
    const story = new Story(options)
    story.send({ type: "AdoptInstrument", instrument: instrument() })
    for (const [account, group] of [
      ["A", "G"],
      ["B", "G"],
      ["C", "H"]
    ] as const) {
      story.openAccount(account, group)
      story.deposit("10000", account)
    }
    return story
  }
  openAccount(account: string, group: string, owner = `owner-${group}`): Outcome {
    const ids = { account: account as AccountId, owner: owner as OwnerId, group: group as GroupId }
    return this.send({ type: "OpenAccount", ...ids, accountType: "cash", currency: USDT })
  }
  deposit(text: string, account = "A", head: Head = {}): Outcome {
    return this.send({ type: "Deposit", account: account as AccountId, currency: USDT, amount: amount(text) }, head)
  }
  withdraw(text: string, account = "A", head: Head = {}): Outcome {
    return this.send({ type: "Withdraw", account: account as AccountId, currency: USDT, amount: amount(text) }, head)
  }
  limits(
    scope: "account" | "group" | "firm" | "symbol",
    id: string,
    changes: (Request & { type: "SetLimits" })["changes"],
    more: Partial<Request & { type: "SetLimits" }> = {}
  ): Outcome {
    return this.send({ type: "SetLimits", scope, scopeId: id, changes, reason: "test", ...more })
  }
  /** A part of the firm's 1,000 of open notional for a group, or below 0 back. */
  allot(group: string, text: string): Outcome {
    if (this.state.firm.limits.maxOpenNotional === undefined)
      this.limits("firm", "firm", { maxOpenNotional: amount("1000") })
    const part = { group: group as GroupId, limit: "maxOpenNotional", amount: amount<Cash>(text) } as const
    return this.send({ type: "AllotLimit", ...part, reason: "test" })
  }
  submit(wanted: Wanted, head: Head = {}): Outcome {
    return this.send(order(wanted), head)
  }
  /** An order that risk has let through; its id. */
  place(wanted: Wanted, head: Head = {}): OrderId {
    const { events } = this.submit(wanted, head)
    const decision = decisionIn(events)
    if (decision?.data.decision !== "approved") throw new Error(`not approved: ${decision?.data.checks.text}`)
    return decision.data.orderId
  }
  cancel(orderId: string, head: Head = {}): Outcome {
    return this.send({ type: "CancelOrder", account: this.#ownerOf(orderId), orderId: orderId as OrderId }, head)
  }
  replace(orderId: string, terms: Pick<Wanted, "quantity" | "price" | "stopPrice">, head: Head = {}): Outcome {
    const { quantity, price, stopPrice } = terms
    const changes = {
      ...(quantity !== undefined && { quantity: amount<Quantity>(quantity) }),
      ...(price !== undefined && { price: amount<Price>(price) }),
      ...(stopPrice !== undefined && { stopPrice: amount<Price>(stopPrice) })
    }
    return this.send(
      { type: "ReplaceOrder", account: this.#ownerOf(orderId), orderId: orderId as OrderId, ...changes },
      head
    )
  }
  /** What the venue says of an order; a fill's fee is the taker's unless given. */
  report(orderId: string, { execId, ...said }: Said, head: Head & { account?: string } = {}): Outcome {
    const account = (head.account ?? this.#ownerOf(orderId)) as AccountId
    const id = execId ?? `X${this.#commands}`
    const report = {
      at: head.at ?? this.now,
      account,
      orderId: orderId as OrderId,
      execId: id as ExecId,
      mdNo: 9,
      ...defaultsOf(said),
      ...said
    } as VenueReport
    return this.send(
      { type: "VenueReported", account, venue: "paper", report },
      { ...head, id: head.id ?? id, actor: "venue:paper" }
    )
  }
  acknowledge(orderId: string): Outcome {
    return this.report(orderId, { type: "New", venueOrderId: `V-${orderId}` })
  }
  fill(orderId: string, quantity: string, price: string, more: Partial<Said & { type: "Trade" }> = {}): Outcome {
    return this.report(orderId, { type: "Trade", quantity: amount(quantity), price: amount(price), ...more })
  }
  /** Buys, so that the account holds something. */
  hold(quantity: string, price = "100", account = "A"): void {
    this.fill(this.place({ account, quantity, price }), quantity, price, { fee: 0n as Cash })
  }

  /** The time goes on by these microseconds. */
  wait(micros: number): void {
    this.now = plusMicros(this.now, micros)
  }
  send(
    request: Request,
    { id = `${this.#prefix}${this.#commands}`, seen = MARKET, at: time = this.now, actor = "test" }: Head = {}
  ): Outcome {
    this.#commands++
    const command: Command = { id, actor, request, at: time, seen, ...hashFor(request, this.state) }
    const decision = this.decider.decide(command, this.state)
    if (Result.isFailure(decision)) {
      const { code, field } = decision.failure
      return { kind: "refused", code, ...(field !== undefined && { field }), events: [] }
    }
    if (decision.success.length === 0) {
      const before = answeredBefore(command, this.state)
      return before === undefined
        ? { kind: "nothing", events: [] }
        : {
            kind: "repeat",
            first: before.first,
            last: before.last,
            ...(before.partition !== undefined && { partition: before.partition }),
            events: []
          }
    }
    const events = decision.success.map((fact, i) => recorded(fact, command, this.state.eventNo + 1 + i))
    for (const event of events) {
      this.bytes.push(ledgerCodec.encode(event))
      this.state = this.decider.evolve(this.state, event)
    }
    return { kind: "facts", events }
  }

  /** The same story after the program was started anew: all it has is the bytes. */
  restarted(): Story {
    const story = new Story({ partition: this.state.partition, ...(this.most !== undefined && { most: this.most }) })
    for (const text of this.bytes) {
      story.bytes.push(text)
      story.state = story.decider.evolve(story.state, ledgerCodec.decode(JSON.parse(text)))
    }
    story.now = this.now
    story.#commands = this.#commands
    return story
  }

  account(id = "A"): Account {
    return this.state.accounts.get(id as AccountId)!
  }
  order(id: string): OpenOrder | undefined {
    return this.state.orders.get(id as OrderId)
  }
  cash(account = "A"): { total: string; reserved: string } {
    const { total, reserved } = cashOf(this.account(account).balances, USDT)
    return { total: formatFixed(total), reserved: formatFixed(reserved) }
  }
  held(account = "A", symbol = BTC): { total: string; reserved: string } {
    const { total, reserved } = holdingOf(this.account(account).balances, symbol)
    return { total: formatFixed(total), reserved: formatFixed(reserved) }
  }
  /** Position, open buys, open sells and open orders of an account, its group and the firm. */
  exposures(account = "A", symbol = BTC): ReadonlyArray<string> {
    const { risk, group } = this.account(account)
    return [risk, group.risk, this.state.firm].map((scope) => {
      const { position, buying, selling } = exposureOf(scope, symbol)
      return `${[position, buying, selling].map(formatFixed).join(" ")} ${scope.openOrders}`
    })
  }
  #ownerOf(orderId: string): AccountId {
    return this.order(orderId)?.account ?? ("A" as AccountId)
  }
}

const defaultsOf = (said: Said): object => {
  const queueAhead = 0n
  switch (said.type) {
    case "New":
      return { venueOrderId: "V", queueAhead }
    case "Trade": {
      const { price = 0n as Price, quantity = 0n as Quantity } = said
      const fee = timesHalfUp((price * quantity) / parseFixed("1"), amount("0.0005"))
      return { liquidity: "taker", fee, feeCurrency: USDT, queueAhead }
    }
    case "Triggered":
    case "Replaced":
      return { queueAhead }
    default:
      return { reason: "the venue says so" }
  }
}

export const recorded = (fact: AccountEvent, command: Command, eventNo: number): Recorded<AccountEvent> =>
  ({
    eventNo,
    type: fact.type,
    v: VERSION.get(fact.type)!,
    recordedAt: command.at,
    effectiveAt: fact.effectiveAt ?? command.at,
    actor: command.actor,
    cause: command.id,
    correlation: "orderId" in fact.data ? fact.data.orderId : command.id,
    ...(fact.account !== undefined && { account: fact.account }),
    data: fact.data
  }) as Recorded<AccountEvent>

export const decisionIn = (events: ReadonlyArray<Recorded<AccountEvent>>): Decided | undefined =>
  events.find((event): event is Decided => event.type === "OrderRiskDecided")

export const typesOf = (outcome: Outcome): ReadonlyArray<string> => outcome.events.map(({ type }) => type)

/** The data of an outcome's first event of a type, amounts as text. */
export const dataOf = (outcome: Outcome, type: AccountEvent["type"]): Record<string, unknown> => {
  const event = outcome.events.find((one) => one.type === type)
  return JSON.parse(event === undefined ? "{}" : ledgerCodec.encode(event)).data ?? {}
}

/** A decision in a few words: `approved`, or which checks it failed by. */
export const verdict = (outcome: Outcome): string => {
  const decision = decisionIn(outcome.events)
  if (decision === undefined) return outcome.code ?? outcome.kind
  const failed = decision.data.checks.text
    .split(";")
    .filter((check) => check.split(" ")[1] !== "ok")
    .map((check) => check.split(" ")[0])
  return failed.length === 0 ? decision.data.decision : `${decision.data.decision}: ${failed.join(", ")}`
}

/** One check's text without its code and the event that set its limit; `ok` is what was left out of the decision. */
export const check = (outcome: Outcome, code: string): string | undefined => {
  const decision = decisionIn(outcome.events)
  if (decision === undefined) return undefined
  const found = decision.data.checks.text.split(";").find((text) => text.split(" ")[0] === code)
  return found === undefined ? "ok" : found.slice(code.length + 1).replace(/@\d+$/, "")
}
