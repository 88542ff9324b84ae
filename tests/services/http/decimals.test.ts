import { describe, expect, it } from "vitest"
import { readDecimalNumber, readDecimalText, TOO_EXACT } from "#services/http/decimals.ts"
import { formatFixed } from "#domain/kernel/money.ts"

const said = (reading: ReturnType<typeof readDecimalText>) =>
  typeof reading === "bigint" ? formatFixed(reading) : reading

describe("decimal text", () => {
  it.each([
    ["65000.125", "65000.125"],
    ["0.00000001", "0.00000001"],
    ["-0.5", "-0.5"],
    ["999999999999999999.99999999", "999999999999999999.99999999"],
    ["1.50000000000000", "1.5"],
    ["1.000", "1"],
    ["-0", "0"]
  ])("%s is %s", (text, value) => expect(said(readDecimalText(text))).toBe(value))

  it.each([
    "",
    "abc",
    "NaN",
    "Infinity",
    "1e-8",
    "1E5",
    "+1",
    ".5",
    "5.",
    "01",
    "1,5",
    " 1",
    "1 ",
    "0x10",
    "١",
    "--1",
    "1_000"
  ])("%j is no decimal", (text) => expect(readDecimalText(text)).toMatchObject({ undecodable: true }))

  it.each([
    ["0.123456789", "more than 8 decimals"],
    ["1000000000000000000", "more than 18 digits before the point"],
    [`0.${"0".repeat(70)}`, "longer than any number that can be stored"],
    ["9".repeat(5_000_000), "longer than any number that can be stored"]
  ])("%.30s is impossible", (text, reason) => expect(readDecimalText(text)).toEqual({ undecodable: false, reason }))
})

describe("a JSON number", () => {
  it.each([
    [0.1, "0.1"],
    [45000.0, "45000"],
    [1e-8, "0.00000001"],
    [1.5e-7, "0.00000015"],
    [-2.5e-7, "-0.00000025"],
    [123456789.123456, "123456789.123456"],
    [999999999999999, "999999999999999"],
    [100000000000000000, "100000000000000000"],
    [-0, "0"],
    [0, "0"]
  ])("%d is %s", (number, value) => expect(said(readDecimalNumber(number))).toBe(value))

  it.each([
    [1e-9, "more than 8 decimals"],
    [1.25e-8, "more than 8 decimals"],
    [5e-324, "more than 8 decimals"],
    [1e18, "more than 18 digits before the point"],
    [1e21, "more than 18 digits before the point"],
    [1.7976931348623157e308, TOO_EXACT],
    [0.1 + 0.2, TOO_EXACT],
    [1234567890123456, TOO_EXACT]
  ])("%d is refused", (number, reason) => expect(readDecimalNumber(number)).toEqual({ undecodable: false, reason }))
})
