// What the command answers: by its exit code to a script, in words or as JSON to whoever reads it.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { begun, report, scenario } from "./scenarios/written.ts"

const root = join(import.meta.dirname, "..", "..", "..")
const folder = mkdtempSync(join(tmpdir(), "conformance-"))
afterAll(() => rmSync(folder, { recursive: true }))

const SCHEMA = "trade2026-oracle/order-lifecycle/1"
const good = scenario("good", "", ...begun())
const bad = scenario("bad", "", ...begun(), report("3", "X", "Trade", "Filled", [10000, 2000, 8000, 2000]))

let files = 0
const file = (content: unknown): string => {
  const path = join(folder, `${++files}.json`)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}
const conformance = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["services/conformance/main.ts", ...args], {
    cwd: root,
    encoding: "utf8"
  })
  return { status, stdout, stderr }
}

describe("the conformance command", () => {
  it("ends with 0 when all passed", () => {
    const { status, stdout } = conformance(file({ schema: SCHEMA, scenarios: [good] }))
    expect({ status, stdout }).toEqual({ status: 0, stdout: "1 of 1 cases passed\n" })
  })

  it("ends with 1 when one failed, and says which and why", () => {
    const { status, stdout } = conformance(file({ schema: SCHEMA, scenarios: [good, bad] }))
    expect(status).toBe(1)
    expect(stdout).toMatch(/^failed {2}bad\n.*"Filled".*\n.*"PartiallyFilled".*\n1 of 2 cases passed\n$/u)
  })

  it("answers as JSON with --json", () => {
    const { status, stdout } = conformance(file({ schema: SCHEMA, cases: [good, bad] }), "--json")
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      total: 2,
      passed: 1,
      failed: [
        {
          id: "bad",
          expected: { t: "3", ordStatus: "Filled", ordStatusCode: "2" },
          got: { ordStatus: "PartiallyFilled", ordStatusCode: "1" }
        }
      ],
      skipped: []
    })
  })

  it("counts a case that cannot be played as failed, under a number where it has no name", () => {
    const { status, stdout } = conformance(file({ schema: SCHEMA, scenarios: [good, { title: "no steps" }] }), "--json")
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ passed: 1, failed: [{ id: "case 2" }] })
  })

  it.each<[string, () => ReadonlyArray<string>, string]>([
    ["no file", () => [], "name one file"],
    ["two files", () => ["a.json", "b.json"], "name one file"],
    ["a file that is not there", () => [join(folder, "none.json")], "cannot be read"],
    ["what is not JSON", () => [file("{")], "is not JSON"],
    ["an unknown schema", () => [file({ schema: "other/1", cases: [] })], `schema "other/1" is not known`],
    ["no schema", () => [file({ cases: [] })], "is not known"],
    ["no list of cases", () => [file({ schema: SCHEMA })], "no list of cases"],
    ["JSON that is no object", () => [file("null")], "is not known"],
    ["an unknown option", () => ["--fast"], "--fast"]
  ])("ends with 2 for %s, with its usage", (_, args, why) => {
    const { status, stdout, stderr } = conformance(...args())
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
    expect(stderr).toContain(why)
    expect(stderr).toContain("Usage:")
  })

  it("says how it is used when asked", () => {
    expect(conformance("--help")).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringContaining("Usage:") as string
    })
  })
})
