import { summarise, UnknownCases, type CaseOutcome, type Conformance } from "./cases.ts"
import { runOrderScenario, type OrderScenario } from "./order-lifecycle.ts"

type CaseFile = { readonly schema?: string; readonly cases?: unknown; readonly scenarios?: unknown }

/** How the cases of each schema are run. */
const RUNNERS: Readonly<Record<string, (one: never) => CaseOutcome>> = {
  "trade2026-oracle/order-lifecycle/1": (scenario: OrderScenario) => runOrderScenario(scenario)
}

/** Runs every case of a file in one of the forms above through the product; a case that breaks it has failed. */
export const runCases = (file: CaseFile | null): Conformance => {
  const run = RUNNERS[file?.schema ?? ""] as ((one: unknown) => CaseOutcome) | undefined
  const cases = file?.scenarios ?? file?.cases
  if (run === undefined) {
    throw new UnknownCases(`schema ${JSON.stringify(file?.schema)} is not known: ${Object.keys(RUNNERS).join(", ")}`)
  }
  if (!Array.isArray(cases)) throw new UnknownCases("there is no list of cases or scenarios in it")
  return summarise(
    (cases as ReadonlyArray<{ readonly id?: string }>).map((one, at) => {
      const id = one.id ?? `case ${at + 1}`
      try {
        return run(one)
      } catch (error) {
        return { id, outcome: "failed", expected: "an answer", got: (error as Error).message }
      }
    })
  )
}
