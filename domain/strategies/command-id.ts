import { chanceOf } from "#domain/kernel/chance.ts"
import type { ClOrdId } from "#domain/kernel/ids.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"

/**
 * A UUIDv7 (RFC 9562 section 5.7) of a time and keys: the same keys give the same id, so that a played recording sends
 * the same commands in every run, and other keys another.
 */
export const commandId = (at: Time, ...keys: ReadonlyArray<number | string>): ClOrdId => {
  const millis = hex(Math.floor(microsOf(at) / 1000), 12)
  const [a, b, c] = [0, 1, 2].map((i) => hex(chanceOf(i, ...keys), 8)) as [string, string, string]
  const variant = (8 + (Number.parseInt(b.slice(0, 1), 16) & 3)).toString(16)
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7${a.slice(0, 3)}-${variant}${b.slice(1, 4)}-${b.slice(4)}${c}` as ClOrdId
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")
