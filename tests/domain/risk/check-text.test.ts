import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import { CHECK_CODES, CHECKLISTS } from "#domain/risk/check-codes.ts"
import { readChecks, writeChecks, type Check, type CheckOutcome } from "#domain/risk/check-text.ts"

const number = (text: string | undefined) => (text === undefined ? undefined : parseFixed(text))
/** The outcome that is read again as this check. */
const outcomeOf = ({ code, passed, limit, used, requested, scope, setBy }: Check): CheckOutcome => ({
  code,
  passed,
  limit: number(limit),
  used: number(used),
  requested: number(requested),
  by: setBy === undefined ? scope : `${scope}@${setBy}`,
  amount: -1
})

describe("the text of a decision's checks", () => {
  it.each<[string, ReadonlyArray<Check>]>([
    ["", []],
    ["HALTED ok", [{ code: "HALTED", passed: true }]],
    ["HALTED no - - - firm", [{ code: "HALTED", passed: false, scope: "firm" }]],
    ["HALTED no - - - firm@17", [{ code: "HALTED", passed: false, scope: "firm", setBy: 17 }]],
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
        scope: fc.constantFrom("account", "group", "firm", "symbol"),
        setBy: fc.nat()
      },
      { requiredKeys: ["code", "passed"] }
    )
    fc.assert(
      fc.property(fc.array(check), (drawn) => {
        // no event without whose limit it was
        const checks = drawn.map(({ setBy, ...rest }) =>
          setBy === undefined || rest.scope === undefined ? rest : { ...rest, setBy }
        )
        expect(readChecks(writeChecks(checks.map(outcomeOf)))).toEqual(checks)
      })
    )
  })

  it("leaves out what passed and had nothing to compare: the rules say what was asked", () => {
    const checks = readChecks("LOT_SIZE no 1 - 1.5;ORDER_RATE ok 5 2 1 group@9", 2)
    expect(checks.map(({ code }) => code)).toEqual(CHECK_CODES)
    expect(checks.filter(({ passed }) => !passed)).toEqual([
      { code: "LOT_SIZE", passed: false, limit: "1", requested: "1.5" }
    ])
    expect(checks.find(({ code }) => code === "HALTED")).toEqual({ code: "HALTED", passed: true })
  })

  it("of the first decisions has all eleven, and of a newer program what it wrote", () => {
    const first = CHECKLISTS[1]!.map((code) => `${code} ok`).join(";")
    expect(readChecks(first, 1)).toEqual(CHECKLISTS[1]!.map((code) => ({ code, passed: true })))
    expect(readChecks("LOT_SIZE ok;LATER no 1", 99)).toEqual([
      { code: "LOT_SIZE", passed: true },
      { code: "LATER", passed: false, limit: "1" }
    ])
  })

  it("has these codes, stored for ever", () => {
    expect(CHECKLISTS[1]!.join(" ")).toBe(
      "HALTED TICK_SIZE LOT_SIZE MIN_NOTIONAL MAX_ORDER_NOTIONAL PRICE_COLLAR BUYING_POWER HOLDINGS MAX_POSITION MAX_OPEN_ORDERS ORDER_RATE"
    )
    expect(CHECKLISTS[2]!.join(" ")).toBe(
      "INSTRUMENT SESSION HALTED TICK_SIZE LOT_SIZE MAX_QUANTITY MIN_NOTIONAL MAX_ORDER_QUANTITY MAX_ORDER_NOTIONAL PRICE_COLLAR PRICE_AGE BUYING_POWER MAINTENANCE_MARGIN HOLDINGS SHORT_SALE LOCATE REDUCE_ONLY MAX_POSITION MAX_GROSS_NOTIONAL MAX_CONCENTRATION MAX_OPEN_ORDERS MAX_OPEN_NOTIONAL ORDER_RATE DAILY_LOSS TRAILING_LOSS DRAWDOWN FAT_FINGER DUPLICATE SELF_TRADE WASH_TRADE RESTRICTED"
    )
  })
})
