import { Checks } from "#domain/risk/check-text.ts"
import { Totals } from "#domain/risk/scope.ts"

/**
 * Whether two values would be written alike: what is undefined is not there, maps and sets have an order. Compared in place,
 * because writing out a state costs more than all the steps between two looks at it.
 */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Object.getPrototypeOf(a) === Object.prototype) {
    return Object.getPrototypeOf(b) === Object.prototype && sameFields(a as Fields, b as Fields)
  }
  if (a instanceof Checks) return b instanceof Checks && a.equals(b)
  if (a instanceof Totals) return b instanceof Totals && same(a.held(), b.held())
  if (a instanceof Map) return b instanceof Map && sameMap(a, b)
  if (a instanceof Set) return b instanceof Set && same([...a], [...b])
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, i) => same(value, b[i]))
  }
  return !(b instanceof Map || Array.isArray(b)) && sameFields(a as Fields, b as Fields)
}

type Fields = Readonly<Record<string, unknown>>
const sameFields = (a: Fields, b: Fields): boolean => {
  let found = 0
  for (const key in a) {
    const value = a[key]
    if (value === undefined) continue
    if (!same(value, b[key])) return false
    found++
  }
  let names = 0
  for (const _ in b) names++
  if (names === found) return true
  for (const key in b) if (b[key] !== undefined) found--
  return found === 0
}

const sameMap = (a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean => {
  if (a.size !== b.size) return false
  const others = b.entries()
  for (const [key, value] of a) {
    const other = others.next().value!
    if (!same(key, other[0]) || !same(value, other[1])) return false
  }
  return true
}
