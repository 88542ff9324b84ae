import { fc, test } from "@fast-check/vitest"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { ClOrdId } from "#domain/kernel/ids.ts"
import { microsOfUuid7 } from "#domain/kernel/time.ts"
import { SESSION_NO_MAX } from "#services/contract/order-entry.ts"
import { newCommandId } from "#services/desk/command-id.ts"
import { commandIdOf, newSessionId, numberedBy, openedMicros } from "#services/desk/session-id.ts"
import { SessionMarks } from "#services/desk/session-marks.ts"

const micros = fc.integer({ min: 1_600_000_000_000, max: 4_000_000_000_000 }).map((ms) => ms * 1000 + 17)
const numbers = fc.integer({ min: 1, max: SESSION_NO_MAX })

describe("the id of a session", () => {
  test.prop([micros, numbers])(
    "tells when it was opened, and with a number makes an id that is taken apart again",
    (at, no) => {
      const session = newSessionId(at)
      expect(openedMicros(session)).toBe(at - 17)
      const id = commandIdOf(session, no)
      expect(Schema.is(ClOrdId)(id)).toBe(true)
      expect(numberedBy(id)).toEqual({ session, no })
      expect(microsOfUuid7(id)).toBeUndefined()
    }
  )

  it("is not seen in other ids", () => {
    const session = newSessionId(1_764_000_000_000_000)
    for (const id of [newCommandId(1_764_000_000_000_000), session, `${session}:`, `${session}:0`, `${session}:x`, "1"])
      expect(numberedBy(id)).toBeUndefined()
  })
})

describe("high-water marks from the ledger", () => {
  it("are the highest number of each session; other commands are passed over", () => {
    const [one, other] = [newSessionId(1_764_000_000_000_000), newSessionId(1_764_000_000_000_000)]
    const marks = new SessionMarks()
    for (const no of [1, 2, 9, 9, 3]) marks.note(commandIdOf(one, no))
    for (const cause of ["mine", newCommandId(1_764_000_000_000_000), `${other.slice(1)}:7`, `x${other}:7`])
      marks.note(cause)
    expect([marks.get(one), marks.get(other)]).toEqual([9, undefined])
  })
})
