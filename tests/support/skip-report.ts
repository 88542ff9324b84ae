import { appendFileSync } from "node:fs"
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"
import type { Backend } from "./backends.ts"
import type {} from "./skip-without.ts"

type Group = TestCase | TestSuite | TestModule

const isSkipped = (test: TestCase): boolean => test.result().state === "skipped"

/** The widest group around a skipped test in which nothing ran, so that a skipped suite is one line. */
const widest = (test: TestCase): Group => {
  let group: Group = test
  while (group.type !== "module" && [...group.parent.children.allTests()].every(isSkipped)) group = group.parent
  return group
}

const nameOf = (group: Group): string =>
  group.type === "module" ? group.relativeModuleId : `${group.module.relativeModuleId} > ${group.fullName}`

const statedReason = (test: TestCase): string | undefined => {
  const result = test.result()
  if (result.state === "skipped" && result.note !== undefined) return result.note
  let group: Group = test
  for (;;) {
    const reason = group.meta().skipped
    if (reason !== undefined || group.type === "module") return reason
    group = group.parent
  }
}

/** A suite that names a backend which is missing needs no words of its own. */
const backendReason = (test: TestCase, missing: ReadonlyArray<Backend>): string | undefined => {
  const name = nameOf(test).toLowerCase()
  const backend = missing.find((one) => name.includes(one.name))
  return backend === undefined ? undefined : `${backend.name} is missing`
}

/** Says at the end which servers the tests had, and what was skipped and why. */
export class SkipReport implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const backends = modules[0]?.project.getProvidedContext().backends ?? []
    const missing = backends.filter((backend) => backend.missing !== undefined)
    const lines = backends.map(({ name, from, missing }) => `  ${name}: ${from ?? `none (${missing})`}`)
    if (lines.length > 0) console.log(["\nServers", ...lines].join("\n"))

    const skipped = new Map<string, string>()
    for (const test of tests.filter(isSkipped)) {
      skipped.set(nameOf(widest(test)), statedReason(test) ?? backendReason(test, missing) ?? "no reason is given")
    }
    if (skipped.size > 0) {
      console.log(["\nSkipped", ...[...skipped].map(([name, why]) => `  ${name}: ${why}`)].join("\n"))
    }
    this.#count(tests, modules.filter((module) => module.errors().length > 0).length + unhandled.length)
  }

  /** For .ci/run, which adds up several runs: one line of passed, failed and skipped. */
  #count(tests: ReadonlyArray<TestCase>, errors: number): void {
    const file = process.env["TRADE2026_TEST_COUNTS"]
    if (file === undefined) return
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    appendFileSync(file, `${count("passed")} ${count("failed") + count("pending") + errors} ${count("skipped")}\n`)
  }
}
