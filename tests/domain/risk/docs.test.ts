import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { CHECK_CODES, CHECKLISTS, RULES } from "#domain/risk/check-codes.ts"
import { readChecks } from "#domain/risk/check-text.ts"
import { CHECKLIST } from "#domain/risk/checklist.ts"
import { LIMIT_NAMES } from "#domain/risk/limits.ts"
import { riskDocs } from "#tests/support/risk-docs.ts"

const file = join(import.meta.dirname, "..", "..", "..", "docs", "risk.md")

describe("the checklist", () => {
  it("has every code once, in their order", () => {
    expect(CHECKLIST.map(({ code }) => code)).toEqual(CHECK_CODES)
    expect(CHECKLISTS[RULES]).toEqual(CHECK_CODES)
  })

  it("has an example of each that can be read", () => {
    for (const { code, example } of CHECKLIST)
      expect(readChecks(`${code} ${example}`)).toMatchObject([{ code, passed: false }])
  })

  it("has a check for every limit but that of cancels", () => {
    const set = CHECKLIST.flatMap(({ setBy }) => setBy ?? [])
    expect([...set, "maxCancelsPerSecond"].toSorted()).toEqual([...LIMIT_NAMES].toSorted())
  })

  it("is what docs/risk.md says (UPDATE_DOCS=1 writes it)", () => {
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(file, riskDocs())
    expect(readFileSync(file, "utf8")).toBe(riskDocs())
  })
})
