import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { UnknownCases } from "./cases.ts"
import { runCases } from "./run.ts"

const USAGE = `Usage: npm run conformance -- FILE [--json]

Runs a file of cases with known answers through the product: order life cycles of FIX 4.4 appendix D
(schema trade2026-oracle/order-lifecycle/1). Exit code 0: all passed, 1: some failed, 2: wrong usage.
`

const wrong = (message: string): void => {
  process.stderr.write(`${message}\n\n${USAGE}`)
  process.exitCode = 2
}

const run = (path: string, json: boolean): void => {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch {
    return wrong(`${path} cannot be read`)
  }
  try {
    const result = runCases(JSON.parse(text) as Parameters<typeof runCases>[0])
    if (json) console.log(JSON.stringify(result))
    else {
      for (const { id, expected, got } of result.failed) {
        console.log(`failed  ${id}\n  expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(got)}`)
      }
      for (const { id, why } of result.skipped) console.log(`skipped ${id}: ${why}`)
      console.log(`${result.passed} of ${result.total} cases passed`)
    }
    if (result.failed.length > 0) process.exitCode = 1
  } catch (error) {
    if (error instanceof SyntaxError) return wrong(`${path} is not JSON`)
    if (error instanceof UnknownCases) return wrong(`${path}: ${error.message}`)
    throw error
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } }
  })
  const [path] = positionals
  if (values.help) process.stdout.write(USAGE)
  else if (path === undefined || positionals.length > 1) wrong("name one file")
  else run(path, values.json)
} catch (error) {
  wrong((error as Error).message)
}
