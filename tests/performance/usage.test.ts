import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { expect, it } from "vitest"

const root = join(import.meta.dirname, "..", "..")

it.each([
  [["orders", "--in-flight", "0"], "--in-flight is a whole number of at least 1, not 0"],
  [["risk", "--fast"], "Unknown option '--fast'"]
])("bench ends with 2 and a word on what is wrong: %j", (args, words) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tests/performance/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: 20_000
  })
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
  expect(stderr).toContain(words)
  expect(stderr).toContain("Usage:")
})
