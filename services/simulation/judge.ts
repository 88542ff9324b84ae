import type { Command } from "#domain/account/commands.ts"
import { ONE } from "#domain/kernel/money.ts"
import type { Limits } from "#domain/risk/limits.ts"
import { needFor, worstOf, type Followed, type Terms } from "./followed.ts"
import { judgeMargin, NOT_WRITTEN, type MarginCase } from "./margin-case.ts"
import { meets } from "./self-trades.ts"
import { halfEven, type LossCode } from "./worths.ts"

/** What is counted of a symbol in a scope. */
export type Exposure = { position: bigint; buying: bigint; selling: bigint; openOrders: number }
export type Level = {
  readonly kind: string
  readonly limits: Partial<Limits>
  /** what it has besides the order that is judged */
  readonly exposure: () => Exposure
  readonly lost: (code: LossCode) => bigint
}
/** What is known of an order and of those around it, from events. */
export type Case = {
  readonly order: Followed
  readonly terms: Terms
  readonly seen: Command["seen"]
  /** it is among the open orders already */
  readonly isCounted: boolean
  readonly halt: "all" | "reduce-only" | undefined
  /** of a margin account */
  readonly margin: MarginCase | undefined
  readonly levels: ReadonlyArray<Level>
  readonly cashFree: () => bigint
  readonly unitsFree: () => bigint
  /** open orders of its account, without the order and what stands for it */
  readonly others: () => ReadonlyArray<Followed>
}

/** The checks that fail, in the order of their codes. */
export const failing = (of: Case): ReadonlyArray<string> => {
  const { order, terms, levels, margin } = of
  const { instrument, placed } = order
  const isBuy = placed.side === "buy"
  const leaves = terms.quantity - order.cumQty
  const worst = worstOf(order, terms) ?? (placed.orderType === "stop" ? terms.stopPrice : undefined)
  const reference = terms.stopPrice ?? of.seen?.last
  const valued = worst ?? reference
  const notional = valued === undefined ? undefined : halfEven(valued * leaves * instrument.multiplier, ONE * ONE)
  const failed: Array<string> = []
  const fail = (code: string, fails: boolean) => void (fails && failed.push(code))
  const change = ({ position, buying, selling }: Exposure) => {
    const before = isBuy ? position + buying : position - selling
    return { before, after: isBuy ? before + leaves : before - leaves }
  }
  const isClosing = lazily(() => closes(change(levels[0]!.exposure())))
  fail("HALTED", of.halt === "all" || (of.halt === "reduce-only" && !isClosing()))
  fail(
    "TICK_SIZE",
    [worst, terms.stopPrice].some((price) => price !== undefined && price % instrument.tick !== 0n)
  )
  fail("LOT_SIZE", terms.quantity < instrument.lot || terms.quantity % instrument.lot !== 0n)
  fail("MIN_NOTIONAL", notional !== undefined && notional < instrument.minNotional)
  const over = levels.some(
    ({ limits: { maxOrderNotional: most } }) => most !== undefined && notional !== undefined && notional > most
  )
  fail("MAX_ORDER_NOTIONAL", over)
  const percents = levels.flatMap(({ limits: { collarPercent } }) => collarPercent ?? [])
  const percent = percents.length === 0 ? 20n * ONE : percents.reduce((least, one) => (one < least ? one : least))
  fail("PRICE_COLLAR", reference === undefined || isOutside(isBuy, worst, reference, percent))
  if (margin === undefined) {
    const need = worst === undefined ? undefined : needFor(instrument, worst, leaves)
    fail("BUYING_POWER", isBuy && (need === undefined || need > of.cashFree() || need >= NOT_WRITTEN))
    fail("HOLDINGS", !isBuy && leaves > of.unitsFree())
  } else {
    const limits = levels.map((level) => level.limits)
    const asked = { isBuy, leaves, isPriced: !isBuy || worst !== undefined, notional, instrument, limits }
    failed.push(
      ...judgeMargin(margin, { ...asked, isClosing: isClosing(), locate: placed.locate, unitsFree: of.unitsFree })
    )
  }
  fail("REDUCE_ONLY", placed.reduceOnly === true && !isClosing())
  const tooFar = levels.some(({ limits: { maxPosition: most }, exposure }) => {
    if (most === undefined) return false
    const { before, after } = change(exposure())
    return size(after) > most && size(after) > size(before)
  })
  fail("MAX_POSITION", tooFar)
  const tooMany = levels.some(
    ({ limits: { maxOpenOrders: most }, exposure }) => most !== undefined && exposure().openOrders + 1 > most
  )
  fail("MAX_OPEN_ORDERS", !of.isCounted && tooMany)
  for (const [code, name] of LOSSES) {
    const isOver = ({ limits: { [name]: most }, lost }: Level) => most !== undefined && lost(code) >= most
    fail(code, levels.some(isOver) && !isClosing())
  }
  fail("SELF_TRADE", meets(order, { ...terms, price: worst }, levels, of.others).deny)
  return failed
}

const LOSSES = [
  ["DAILY_LOSS", "maxDailyLoss"],
  ["TRAILING_LOSS", "maxTrailingLoss"],
  ["DRAWDOWN", "maxDrawdown"]
] as const
/** Looked for once, when it is asked for. */
export const lazily = <T>(find: () => T): (() => T) => {
  let found: T | undefined
  return () => (found ??= find())
}
const closes = ({ before, after }: { readonly before: bigint; readonly after: bigint }): boolean =>
  before > 0n ? after >= 0n && after < before : before < 0n && after <= 0n && after > before
const size = (value: bigint): bigint => (value < 0n ? -value : value)
/** More than `percent` from the reference on the side that hurts. A buy without a price could trade at any. */
const isOutside = (isBuy: boolean, price: bigint | undefined, reference: bigint, percent: bigint): boolean => {
  if (price === undefined) return isBuy
  const away = isBuy ? price - reference : reference - price
  return away * 100n * ONE > reference * percent
}

/** The checks of a decision that did not pass: what precedes ` no` in the text. To read it whole takes long. */
export const failedOf = (checks: string): ReadonlyArray<string> => {
  const failed: Array<string> = []
  for (let at = checks.indexOf(" no"); at >= 0; at = checks.indexOf(" no", at + 3))
    failed.push(checks.slice(checks.lastIndexOf(";", at) + 1, at))
  return failed
}

/** Only the codes that differ: what else fails is another matter, and a shorter history may do without. */
export const difference = (failed: ReadonlyArray<string>, expected: ReadonlyArray<string>): string => {
  const passed = expected.filter((code) => !failed.includes(code)).map((code) => `${code} passed, it fails`)
  const wrong = failed.filter((code) => !expected.includes(code)).map((code) => `${code} failed, it passes`)
  return `${[...passed, ...wrong].join(", ") || "checks in another order"} by its history`
}
