import { parseFixed } from "#domain/kernel/money.ts"
import type { Submission } from "./account-writer.ts"

const ID = /^[A-Za-z0-9_.:-]{1,64}$/u
const SYMBOL = /^[A-Z0-9][A-Z0-9.-]{0,31}$/u
const ACTOR = /^[a-z][A-Za-z0-9:_-]{0,63}$/u
const SMALL = /^(0|[1-9]\d{0,6})(\.\d{1,8})?$/u
const TIMES = new Set<unknown>(["GTC", "IOC", "DAY", "FOK", "OPG", "CLS"])

/**
 * Judges the command that nearly everybody sends, a market or limit order without instructions, without the schema's
 * cost. Whatever is unusual or wrong is `undefined` here: the schema decides about it, and says what is
 * wrong. What is accepted here the schema accepts too, and it means the same.
 */
export const plainCommand = (json: unknown): Submission | undefined => {
  if (typeof json !== "object" || json === null) return undefined
  const { id, actor, request } = json as Readonly<Record<string, unknown>>
  if (Object.keys(json).length !== 3 || !is(ID, id) || !is(ACTOR, actor)) return undefined
  if (typeof request !== "object" || request === null) return undefined
  const { type, account, symbol, side, orderType, timeInForce, quantity, price } = request as Record<string, unknown>
  if (type !== "SubmitOrder" || (side !== "buy" && side !== "sell")) return undefined
  if (orderType !== "limit" && orderType !== "market") return undefined
  if (!is(ID, account) || !is(SYMBOL, symbol) || !TIMES.has(timeInForce) || !is(SMALL, quantity)) return undefined
  if (price !== undefined && !is(SMALL, price)) return undefined
  if (Object.keys(request).length !== (price === undefined ? 7 : 8)) return undefined
  const asked: Record<string, unknown> = { type, account, symbol, side, orderType, timeInForce }
  asked["quantity"] = parseFixed(quantity as string)
  if (price !== undefined) asked["price"] = parseFixed(price as string)
  return { id, actor, request: asked } as unknown as Submission
}

const is = (form: RegExp, value: unknown): boolean => typeof value === "string" && form.test(value)
