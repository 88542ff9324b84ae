import { randomBytes } from "node:crypto"

/** A UUIDv7 (RFC 9562 section 5.7) of a time in microseconds: the id of a command whose caller gave none. */
export const newCommandId = (micros: number): string => {
  const millis = Math.floor(micros / 1000)
  const hex = randomBytes(10).toString("hex")
  const time = millis.toString(16).padStart(12, "0")
  const variant = ((Number.parseInt(hex[3]!, 16) & 3) | 8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`
}
