import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import { CHECK_CODES, readChecks, writeChecks, type Check, type CheckOutcome } from "#domain/risk/check-text.ts"

const number = (text: string | undefined) => (text === undefined ? undefined : parseFixed(text))
/** The outcome that is read again as this check. */
const outcomeOf = ({ code, passed, limit, used, requested, scope }: Check): CheckOutcome => ({
  code,
  passed,
  limit: number(limit),
  used: number(used),
  requested: number(requested),
  scope
})

describe("the text of a decision's checks", () => {
  it.each<[string, ReadonlyArray<Check>]>([
    ["", []],
    ["HALTED ok", [{ code: "HALTED", passed: true }]],
    ["HALTED no - - - firm", [{ code: "HALTED", passed: false, scope: "firm" }]],
    ["TICK_SIZE ok 0.5 - 100", [{ code: "TICK_SIZE", passed: true, limit: "0.5", requested: "100" }]],
    [
      "HALTED ok;MAX_POSITION no 3 2 1.1 group",
      [
        { code: "HALTED", passed: true },
        { code: "MAX_POSITION", passed: false, limit: "3", used: "2", requested: "1.1", scope: "group" }
      ]
    ]
  ])("%j", (text, checks) => {
    expect(writeChecks(checks.map(outcomeOf))).toBe(text)
    expect(readChecks(text)).toEqual(checks)
  })

  it("comes back as the checks that it was made of", () => {
    const amount = fc.constantFrom("0", "1", "-3.5", "999999999999999999.99999999")
    const check = fc.record(
      {
        code: fc.constantFrom(...CHECK_CODES),
        passed: fc.boolean(),
        limit: amount,
        used: amount,
        requested: amount,
        scope: fc.constantFrom("account", "group", "firm", "symbol")
      },
      { requiredKeys: ["code", "passed"] }
    )
    fc.assert(
      fc.property(fc.array(check), (checks) => {
        expect(readChecks(writeChecks(checks.map(outcomeOf)))).toEqual(checks)
      })
    )
  })

  it("has these codes, stored for ever", () => {
    expect(CHECK_CODES.join(" ")).toBe(
      "HALTED TICK_SIZE LOT_SIZE MIN_NOTIONAL MAX_ORDER_NOTIONAL PRICE_COLLAR BUYING_POWER HOLDINGS MAX_POSITION MAX_OPEN_ORDERS ORDER_RATE"
    )
  })
})
