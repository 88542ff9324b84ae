import { randomUUID } from "node:crypto"

/** A UUIDv7 (RFC 9562 section 5.7) of a time in microseconds: the id of a command whose caller gave none. */
export const newCommandId = (micros: number): string => {
  const time = Math.floor(micros / 1000)
    .toString(16)
    .padStart(12, "0")
  // version 4 has its variant and its random digits in the same places
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
