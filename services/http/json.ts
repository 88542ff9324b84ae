import { EXACT_DIGITS } from "./decimals.ts"

/**
 * A JSON document. `inexact` are the paths of numbers that a double may not hold as they were written; a number that
 * decodes stands in their place, so that everything else about the document can be judged first.
 */
export type JsonDocument = { readonly value: unknown; readonly inexact: ReadonlyArray<string> }

/** Reads JSON without losing digits silently; undefined when it is malformed (or nested too deeply to be anything). */
export const parseJson = (text: string): JsonDocument | undefined => {
  try {
    // asking for the source of every number makes parsing five times as slow, so only a document that needs it is asked
    return hasDoubtfulNumber(text) ? parseExactly(text) : { value: JSON.parse(text) as unknown, inexact: [] }
  } catch {
    return undefined
  }
}

class Inexact {}
const INEXACT = new Inexact()
const STAND_IN = 1

const parseExactly = (text: string): JsonDocument => {
  const value: unknown = JSON.parse(text, ((_key: string, value: unknown, context: { readonly source?: string }) =>
    typeof value === "number" && !survives(context.source!, value) ? INEXACT : value) as (
    key: string,
    value: unknown
  ) => unknown)
  const inexact: Array<string> = []
  return { value: replace(value, "", inexact), inexact }
}

/** A double with up to 15 significant digits gives back the decimal it was read from (IEEE 754). */
const survives = (source: string, value: number): boolean => {
  if (!Number.isFinite(value)) return false
  const digits = source
    .replace(/[eE].*/u, "")
    .replace(/[-.]/gu, "")
    .replace(/^0+/u, "")
    .replace(/0+$/u, "")
  return digits.length <= EXACT_DIGITS && (value !== 0 || digits === "")
}

const replace = (value: unknown, path: string, inexact: Array<string>): unknown => {
  if (value === INEXACT) {
    inexact.push(path)
    return STAND_IN
  }
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((item, i) => replace(item, at(path, String(i)), inexact))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, at(path, key), inexact)]))
}
const at = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`)

/** Whether a number outside of strings has an exponent or more digits than are certain to survive. */
const hasDoubtfulNumber = (text: string): boolean => {
  let digits = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) {
      i = endOfString(text, i)
      digits = 0
    } else if (c >= 48 && c <= 57) {
      if (++digits > EXACT_DIGITS) return true
    } else if (c === POINT) continue
    else if (digits > 0 && (c === 69 || c === 101)) return true
    else digits = 0
  }
  return false
}
const QUOTE = 34
const POINT = 46
const BACKSLASH = 92

const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}
const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}
