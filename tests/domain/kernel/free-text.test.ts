import { Result, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { contactIn, FreeText } from "#domain/kernel/free-text.ts"

describe("free text that stays in the ledger", () => {
  it.each([
    "ada@people.example",
    "for Ada Lovelace <ada.lovelace+x@mail.people.example>, thanks",
    "mailto:ada@people.example",
    "żółć@poczta.example.pl"
  ])("has no e-mail address: %s", (text) => expect(contactIn(text)).toBe("an e-mail address"))

  it.each(["+49 171 55501234", "call +1 (212) 555-0123", "tel:+442055501000", "+33.1.55.50.10.00", "(+4917155501234)"])(
    "has no telephone number: %s",
    (text) => expect(contactIn(text)).toBe("a telephone number")
  )

  it.each([
    "bank ref 2026-03-02 10:00:00",
    "DE89370400440532013000",
    "INV 20260302-000123456",
    "5 @ 101.25",
    "1 BTC@65000.50",
    "twap@2.1.0",
    "limit +5000000 to 15000000",
    "P&L +1250.75 / -300",
    "risk: price up +12% (+1,000,000.00)",
    "0190f3e5-7a1b-7c3e-9e5a-1234567890ab",
    "error margin >= 0.25, desk halted @ close",
    "E+100000000000",
    "Überweisung 💶"
  ])("may be %s", (text) => {
    expect(contactIn(text)).toBeUndefined()
    expect(Schema.is(FreeText)(text)).toBe(true)
  })

  it("may not be empty, long or of several lines, nor hold half of a character", () => {
    for (const text of ["", "x".repeat(201), "a\nb", "\u0085", "a\ud800b", "\udc00"])
      expect(Schema.is(FreeText)(text)).toBe(false)
  })

  it("is refused with a reason that does not repeat it", () => {
    const found = Schema.decodeUnknownResult(FreeText)("ada@people.example")
    expect(Result.isFailure(found) && found.failure.message).toMatch(/looks like an e-mail address.*opaque id/)
    expect(Result.isFailure(found) && found.failure.message).not.toMatch(/ada@/)
  })

  it("is judged in time that grows with its length only", () => {
    for (const text of ["@".repeat(200), `+${"1-".repeat(100)}`, "a@".repeat(100), "+1 ".repeat(66)]) contactIn(text)
  })
})
