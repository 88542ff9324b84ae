import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { ONE } from "#domain/kernel/money.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Recount } from "./recount.ts"

type Event = Recorded<AccountEvent>
/** What has been won at most, ever and on a day, and what that day began with. */
type Peaks = { day: number; result: bigint; dayStart: bigint; dayPeak: bigint; peak: bigint }
export type LossCode = "DAILY_LOSS" | "TRAILING_LOSS" | "DRAWDOWN"

/** Who holds what: accounts of a scope, and what the events say of instruments. */
export type Holders = {
  readonly scopesOf: (account: string) => ReadonlyArray<string>
  /** of `kind id` */
  readonly membersOf: (scope: string) => ReadonlyArray<string>
  readonly instruments: () => Iterable<Instrument>
}
type Moved = ReadonlyArray<{ readonly account: string }>
const FIRM = "firm firm"
const CURRENCY = "USD"
const DAY_MICROS = 86_400_000_000

/**
 * What scopes are worth, from the postings and the marks: money, and units at the last mark, less what was paid in. After
 * a split a position is worth what it was, until it is marked or traded again.
 */
export class Worths {
  readonly #recount: Recount
  readonly #holders: Holders
  readonly #marks = new Map<string, bigint>()
  readonly #paidIn = new Map<string, bigint>()
  readonly #frozen = new Map<string, bigint>()
  readonly #peaks = new Map<string, Peaks>()
  /** scopes of groups that have left, as they were then: so they come, until the next mark */
  readonly #away = new Map<string, { readonly peaks: Peaks; readonly values: ReadonlyMap<Instrument, bigint> }>()
  #firm: ReadonlyMap<Instrument, bigint> = new Map()
  #carried: ReadonlyArray<readonly [scope: string, before: bigint]> = []
  constructor(recount: Recount, holders: Holders) {
    this.#recount = recount
    this.#holders = holders
  }

  /** Before its postings are booked. */
  see(event: Event): void {
    const { type, data } = event
    if (type === "SplitApplied") {
      if (data.quantityAfter === 0n) return
      const instrument = this.#instrument(data.symbol)
      for (const scope of this.#holders.scopesOf(event.account!))
        this.#frozen.set(`${scope} ${data.symbol}`, this.#valueOf(scope, instrument))
    }
    if (type === "SymbolChanged" && !this.#marks.has(data.newSymbol)) {
      const mark = this.#marks.get(data.symbol)
      if (mark !== undefined) this.#marks.set(data.newSymbol, mark)
    }
    if (type === "TransferredIn" && data.mark !== undefined && !this.#marks.has(data.symbol!))
      this.#marks.set(data.symbol!, data.mark)
    if (type === "GroupMovedOut") this.#leave(data.moved.accounts)
    if (type === "GroupMovedIn" || type === "GroupReturned") this.#firmAfter(data.moved.accounts, 1n)
    if (type === "SymbolChanged" || (isTransfer(type) && "symbol" in data))
      this.#carried = this.#holders.scopesOf(event.account!).map((scope) => [scope, this.net(scope)])
  }

  /** Once its postings are booked. */
  booked(event: Event): void {
    const { type, account } = event
    switch (type) {
      case "MarkRecorded": {
        const { symbol, price } = event.data
        this.#marks.set(symbol, price)
        for (const scope of this.#peaks.keys()) {
          this.#frozen.delete(`${scope} ${symbol}`)
          this.#move(scope, event.recordedAt)
        }
        return
      }
      case "AccountOpened":
        for (const scope of this.#holders.scopesOf(account!)) {
          if (this.#peaks.has(scope)) continue
          this.#peaks.set(scope, { day: 0, result: 0n, dayStart: 0n, dayPeak: 0n, peak: 0n })
        }
        return
      case "Deposited":
        return this.#payIn(account!, event.data.amount)
      case "Withdrawn":
        return this.#payIn(account!, -event.data.amount)
      case "TransferredOut":
      case "TransferredIn":
      case "TransferReturned": {
        const { amount, symbol } = event.data
        if (symbol !== undefined) return this.#carry(event, [symbol])
        return this.#payIn(account!, type === "TransferredOut" ? -amount! : amount!)
      }
      case "GroupMovedOut":
        this.#freezeFirm()
        return this.#move(FIRM, event.recordedAt)
      case "GroupMovedIn":
      case "GroupReturned":
        this.#come(event.data.moved.accounts)
        return this.#move(FIRM, event.recordedAt)
      case "SymbolChanged":
        return this.#carry(event, [event.data.symbol, event.data.newSymbol])
      case "OrderFilled":
      case "ExecutionBusted":
      case "ExecutionCorrected":
      case "PositionExpired":
        if (!this.#marks.has(event.data.symbol)) this.#marks.set(event.data.symbol, event.data.price)
        return this.#traded(event, event.data.symbol)
      case "SplitApplied":
        return this.#traded(event, event.data.quantityAfter === 0n ? event.data.symbol : undefined)
      case "FeeCharged":
      case "InterestPosted":
      case "DividendPaid":
        return this.#traded(event, undefined)
      default:
    }
  }

  /** Positions at their marks, long less short. */
  net(scope: string): bigint {
    let net = 0n
    for (const instrument of this.#holders.instruments()) net += this.#valueOf(scope, instrument)
    return net
  }
  equity(scope: string): bigint {
    let money = 0n
    for (const account of this.#holders.membersOf(scope)) money += this.#recount.of(account, CURRENCY)
    return money + this.net(scope)
  }
  /** Units long or short at their marks, each with a rate, added up. */
  margin(scope: string, rateOf: (instrument: Instrument) => bigint): bigint {
    let sum = 0n
    for (const instrument of this.#holders.instruments()) {
      const value = this.#valueOf(scope, instrument)
      sum += (value < 0n ? -value : value) * rateOf(instrument)
    }
    return sum
  }
  lost(scope: string, code: LossCode, at: Time): bigint {
    const peaks = this.#peaks.get(scope)
    if (peaks === undefined) return 0n
    const { result, day, dayStart, dayPeak, peak } = peaks
    const isToday = dayOf(at) === day
    const from = code === "DRAWDOWN" ? peak : !isToday ? result : code === "DAILY_LOSS" ? dayStart : dayPeak
    return from > result ? from - result : 0n
  }

  /** What the firm has of it goes and comes with a group; nothing is won or lost. */
  #leave(accounts: Moved): void {
    for (const scope of this.#scopesOf(accounts)) {
      const values = [...this.#holders.instruments()].map((one) => [one, this.#valueOf(scope, one)] as const)
      this.#away.set(scope, {
        peaks: this.#peaks.get(scope)!,
        values: new Map(values.filter(([, value]) => value !== 0n))
      })
    }
    this.#firmAfter(accounts, -1n)
    for (const { account } of accounts) this.#addPaidIn(FIRM, -this.equity(`account ${account}`))
    for (const scope of this.#scopesOf(accounts)) {
      this.#peaks.delete(scope)
      for (const { symbol } of this.#holders.instruments()) this.#frozen.delete(`${scope} ${symbol}`)
    }
  }
  #come(accounts: Moved): void {
    for (const scope of this.#scopesOf(accounts)) {
      const { peaks, values } = this.#away.get(scope)!
      this.#peaks.set(scope, peaks)
      for (const [{ symbol }, value] of values) this.#frozen.set(`${scope} ${symbol}`, value)
    }
    this.#freezeFirm()
    for (const { account } of accounts) this.#addPaidIn(FIRM, this.equity(`account ${account}`))
  }
  #firmAfter(accounts: Moved, sign: 1n | -1n): void {
    const after = new Map<Instrument, bigint>()
    for (const { account } of accounts)
      for (const [instrument, value] of this.#away.get(`account ${account}`)!.values)
        after.set(instrument, (after.get(instrument) ?? this.#valueOf(FIRM, instrument)) + sign * value)
    this.#firm = after
  }
  #freezeFirm(): void {
    for (const [{ symbol, base }, value] of this.#firm) {
      if (this.#unitsOf(FIRM, base) === 0n) this.#frozen.delete(`${FIRM} ${symbol}`)
      else this.#frozen.set(`${FIRM} ${symbol}`, value)
    }
  }
  #scopesOf(accounts: Moved): ReadonlySet<string> {
    return new Set(accounts.flatMap(({ account }) => this.#holders.scopesOf(account).filter((scope) => scope !== FIRM)))
  }

  #valueOf(scope: string, { symbol, base, multiplier }: Instrument): bigint {
    const frozen = this.#frozen.get(`${scope} ${symbol}`)
    if (frozen !== undefined) return frozen
    const units = this.#unitsOf(scope, base)
    return units === 0n ? 0n : halfEven(units * multiplier * (this.#marks.get(symbol) ?? 0n), ONE * ONE)
  }
  #unitsOf(scope: string, base: string): bigint {
    let units = 0n
    for (const account of this.#holders.membersOf(scope)) units += this.#recount.of(account, base)
    return units
  }
  #instrument(symbol: string): Instrument {
    for (const instrument of this.#holders.instruments()) if (instrument.symbol === symbol) return instrument
    throw new Error(`no instrument ${symbol}`)
  }
  #payIn(account: string, amount: bigint): void {
    for (const scope of this.#holders.scopesOf(account)) this.#addPaidIn(scope, amount)
  }
  #addPaidIn(scope: string, amount: bigint): void {
    this.#paidIn.set(scope, (this.#paidIn.get(scope) ?? 0n) + amount)
  }
  /** Units came or went with what they are worth. */
  #carry(event: Event, symbols: ReadonlyArray<string>): void {
    for (const [scope, before] of this.#carried) {
      for (const symbol of symbols) this.#frozen.delete(`${scope} ${symbol}`)
      this.#addPaidIn(scope, this.net(scope) - before)
      this.#move(scope, event.recordedAt)
    }
  }
  #traded(event: Event, symbol: string | undefined): void {
    for (const scope of this.#holders.scopesOf(event.account!)) {
      if (symbol !== undefined) this.#frozen.delete(`${scope} ${symbol}`)
      this.#move(scope, event.recordedAt)
    }
  }
  #move(scope: string, at: Time): void {
    const peaks = this.#peaks.get(scope)!
    const day = dayOf(at)
    if (day > peaks.day) {
      peaks.day = day
      peaks.dayStart = peaks.dayPeak = peaks.result
    }
    peaks.result = this.equity(scope) - (this.#paidIn.get(scope) ?? 0n)
    if (peaks.result > peaks.dayPeak) peaks.dayPeak = peaks.result
    if (peaks.result > peaks.peak) peaks.peak = peaks.result
  }
}

const isTransfer = (type: Event["type"]): boolean =>
  type === "TransferredOut" || type === "TransferredIn" || type === "TransferReturned"

const dayOf = (at: Time): number => Math.floor(microsOf(at) / DAY_MICROS)

/** Half to even, of either sign. */
export const halfEven = (dividend: bigint, divisor: bigint): bigint => {
  const size = dividend < 0n ? -dividend : dividend
  const floor = size / divisor
  const twice = 2n * (size - floor * divisor)
  const up = twice > divisor || (twice === divisor && floor % 2n === 1n)
  const rounded = up ? floor + 1n : floor
  return dividend < 0n ? -rounded : rounded
}
