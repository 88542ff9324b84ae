import { Result } from "effect"
import type { SubmitOrder } from "#domain/account/commands.ts"
import { NewOrder } from "#services/contract/orders.ts"
import { decoder, type Decoder } from "#services/http/decode.ts"

/** What a plain order asks, and the caller's id of it. */
export type PlainOrder = { readonly clOrdId: string | undefined; readonly request: SubmitOrder }

const ID = /^[A-Za-z0-9_.:-]{1,64}$/u
const SYMBOL = /^[A-Z0-9][A-Z0-9.-]{0,31}$/u
const TIMES = new Set<unknown>(["GTC", "IOC", "DAY", "FOK", "OPG", "CLS"])

/**
 * Judges the order that nearly everybody sends, a market or limit order with small amounts, in a small part of the time that
 * the schema takes. Whatever is unusual or wrong is `undefined` here: the schema (`NewOrder`) decides, and says what is
 * wrong. What is accepted here is what the schema would accept, and means the same.
 */
export const plainOrder = (item: Readonly<Record<string, unknown>>): PlainOrder | undefined => {
  const { account, symbol, side, type, quantity, price, timeInForce, clOrdId } = item
  let fields = 5
  if (timeInForce !== undefined) fields++
  if (clOrdId !== undefined) fields++
  if (price !== undefined) fields++
  if (Object.keys(item).length !== fields) return undefined
  if (side !== "buy" && side !== "sell") return undefined
  if (typeof account !== "string" || !ID.test(account)) return undefined
  if (typeof symbol !== "string" || !SYMBOL.test(symbol)) return undefined
  if (clOrdId !== undefined && (typeof clOrdId !== "string" || !ID.test(clOrdId))) return undefined
  if (timeInForce !== undefined && !TIMES.has(timeInForce)) return undefined
  const amount = plainAmount(quantity)
  if (amount === 0) return undefined
  const head = { type: "SubmitOrder", account, symbol, side } as const
  if (type === "limit") {
    const each = plainAmount(price)
    if (each === 0) return undefined
    const terms = { orderType: "limit", timeInForce: timeInForce ?? "GTC", quantity: BigInt(amount) } as const
    return { clOrdId, request: { ...head, ...terms, price: BigInt(each) } as unknown as SubmitOrder }
  }
  if (type !== "market" || price !== undefined) return undefined
  const terms = { orderType: "market", timeInForce: timeInForce ?? "IOC", quantity: BigInt(amount) } as const
  return { clOrdId, request: { ...head, ...terms } as unknown as SubmitOrder }
}

const decodeByRule = decoder(NewOrder)
/** The decoder of `POST /orders`: plain orders by hand, everything else by the schema. */
export const decodeNewOrder: Decoder<NewOrder> = (input, inexact = []) => {
  if (inexact.length > 0 || typeof input !== "object" || input === null) return decodeByRule(input, inexact)
  const plain = plainOrder(input as Readonly<Record<string, unknown>>)
  if (plain === undefined) return decodeByRule(input)
  const { quantity, price } = plain.request
  return Result.succeed({ ...(input as NewOrder), quantity, ...(price !== undefined && { price }) })
}

/**
 * A decimal above 0 with at most seven digits before the point and eight after it, scaled; 0 for anything else. Up to
 * 15 digits are exact in a double.
 */
const plainAmount = (value: unknown): number => {
  const text = typeof value === "number" ? String(value) : value
  if (typeof text !== "string") return 0
  const { length } = text
  if (length === 0 || length > 15) return 0
  let scaled = 0
  let point = -1
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit >= 0 && digit <= 9) scaled = scaled * 10 + digit
    else if (digit === -2 && point < 0) point = i
    else return 0
  }
  const whole = point < 0 ? length : point
  const decimals = point < 0 ? 0 : length - point - 1
  if (whole === 0 || whole > 7 || decimals > 8 || point === length - 1) return 0
  if (whole > 1 && text.charCodeAt(0) === 48) return 0
  return scaled * POWERS[8 - decimals]!
}
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
