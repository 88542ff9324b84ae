import type { Request, SubmitOrder } from "#domain/account/commands.ts"
import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Limits } from "#domain/risk/limits.ts"

export const ACCOUNTS = 1000
const GROUPS = 100
const SYMBOLS = 100
const amount = <T extends bigint>(text: string): T => parseFixed(text) as T
const USDT = "USDT" as Currency

export const instruments: ReadonlyArray<Instrument> = Array.from({ length: SYMBOLS }, (_, i) => ({
  ...defaultInstruments[0]!,
  symbol: `COIN${i}USDT` as Symbol,
  base: `COIN${i}` as Currency,
  maxQuantity: amount<Quantity>("1000")
}))

const PRICE = amount<Price>("45000")
export const seenAt = (at: Time) => {
  const seen = plusMicros(at, -1500)
  return { last: PRICE, lastNo: 1, lastAt: seen, ask: PRICE, askNo: 2, askAt: seen }
}

/** Every limit there is, so wide that nothing is denied: what passes has the most to compare. */
const ALL: Limits = {
  maxOrderNotional: amount("1000000"),
  maxPosition: amount("100000000"),
  maxOpenOrders: 100_000,
  maxOrdersPerSecond: 100_000,
  collarPercent: amount("15"),
  maxOrderQuantity: amount("100"),
  maxGrossNotional: amount("50000000000"),
  maxConcentrationPercent: amount("1000000"),
  maxOpenNotional: amount("50000000000"),
  maxCancelsPerSecond: 100_000,
  maxPriceAgeSeconds: 5,
  maxDailyLoss: amount("50000000000"),
  maxTrailingLoss: amount("50000000000"),
  maxDrawdown: amount("50000000000"),
  fatFingerMultiple: amount("1000"),
  duplicateWindowMillis: 5,
  selfTrade: "cancel-newest",
  washTrade: "block",
  restricted: "NOTHING",
  locateRequired: true,
  shortAllowed: false
}

/** Instruments, accounts with money, and limits of all levels. */
export const openingRequests = function* (): Iterable<Request> {
  for (const instrument of instruments) yield { type: "AdoptInstrument", instrument }
  for (let i = 0; i < ACCOUNTS; i++) {
    const account = `a${i}` as AccountId
    const group = `g${i % GROUPS}` as GroupId
    const owner = group as string as OwnerId
    yield { type: "OpenAccount", account, owner, group, accountType: "cash", currency: USDT }
    yield { type: "Deposit", account, currency: USDT, amount: amount<Cash>("10000000") }
  }
  const set = (scope: "account" | "group" | "firm" | "symbol", scopeId: string, changes: Limits): Request => ({
    type: "SetLimits",
    scope,
    scopeId,
    changes,
    reason: "bench"
  })
  yield set("firm", "firm", ALL)
  for (let i = 0; i < GROUPS; i++) yield set("group", `g${i}`, ALL)
  for (let i = 0; i < ACCOUNTS; i++) yield set("account", `a${i}`, ALL)
  const { maxOrderNotional, maxPosition, maxOpenOrders, collarPercent } = ALL
  const ofSymbol = { maxOrderNotional, maxPosition, maxOpenOrders, collarPercent } as Limits
  for (const { symbol } of instruments) yield set("symbol", symbol, ofSymbol)
}

/** Accounts take turns, and each goes through the symbols: every order touches others than the one before. */
export const orderOf = (n: number): SubmitOrder => ({
  type: "SubmitOrder",
  account: `a${n % ACCOUNTS}` as AccountId,
  symbol: instruments[(n * 7 + Math.floor(n / ACCOUNTS)) % SYMBOLS]!.symbol,
  side: "buy",
  orderType: "limit",
  timeInForce: "GTC",
  quantity: amount<Quantity>(`0.0${1 + (n % 9)}`),
  price: amount<Price>(`${44_000 + (n % 900)}.5`)
})
