import type { Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Price, type Quantity } from "#domain/kernel/money.ts"
import { timeFrom, type Time } from "#domain/kernel/time.ts"
import type { Level } from "./messages.ts"

/** Why a line is no market data. Thrown inside the normaliser only, where one place catches it. */
export class NotMarketData extends Error {
  override readonly name = "NotMarketData"
}

/** `code` names the reason for counting, `detail` says what was found. */
export const refuse = (code: string, detail: string): never => {
  throw new NotMarketData(`${code}: ${detail}`)
}

export type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown, what: string): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : refuse("InvalidMessage", `${what} is ${shown(value)}, not an object`)

const SYMBOL = /^[A-Z0-9][A-Z0-9.-]{0,31}$/u
export const symbolOf = (fields: Fields): Symbol => {
  const { s } = fields
  return typeof s === "string" && SYMBOL.test(s) ? (s as Symbol) : refuse("InvalidSymbol", `s is ${shown(s)}`)
}

/** Update and trade ids: whole, and small enough that JSON did not round them. */
export const idOf = (fields: Fields, name: string): number => {
  const value = fields[name]
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : refuse("InvalidId", `${name} is ${shown(value)}`)
}

export const flagOf = (fields: Fields, name: string): boolean => {
  const value = fields[name]
  return typeof value === "boolean" ? value : refuse("InvalidFlag", `${name} is ${shown(value)}`)
}

const DECIMAL = /^(0|[1-9]\d{0,17})(\.\d{1,8})?$/u
const decimalOf = (value: unknown, name: string): bigint =>
  typeof value === "string" && DECIMAL.test(value)
    ? parseFixed(value)
    : refuse("InvalidNumber", `${name} is ${shown(value)}, not a decimal text of at least 0 with up to 8 decimals`)

export const priceOf = (value: unknown, name: string): Price => {
  const price = decimalOf(value, name)
  return price > 0n ? (price as Price) : refuse("InvalidNumber", `${name} is 0`)
}
export const quantityOf = (value: unknown, name: string): Quantity => decimalOf(value, name) as Quantity

/** A list of `[price, quantity]` pairs, where a quantity of 0 removes the level. */
export const levelsOf = (fields: Fields, name: string): ReadonlyArray<Level> => {
  const list = fields[name]
  if (!Array.isArray(list)) return refuse("InvalidLevels", `${name} is ${shown(list)}, not a list`)
  return list.map((level: unknown): Level => {
    if (!Array.isArray(level) || level.length < 2) return refuse("InvalidLevels", `${name} holds ${shown(level)}`)
    return [priceOf(level[0], name), quantityOf(level[1], name)]
  })
}

const NANOS = /^[1-9]\d{9,18}$/u
/** Nanoseconds since 1970 in text, from 1970 to 2286. */
export const receiveTimeOf = (text: string): Time =>
  NANOS.test(text)
    ? timeFrom(Number(text.slice(0, -9)), Number(text.slice(-9)))
    : refuse("InvalidReceiveTime", `the line starts with ${shown(text)}, not nanoseconds since 1970`)

const shown = (value: unknown): string => {
  const text = value === undefined ? "missing" : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
