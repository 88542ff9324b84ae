import type { CaseOutcome } from "./cases.ts"
import { FixDesk } from "./fix-desk.ts"
import { readStep, type Step, type WrittenStep } from "./fix-steps.ts"
import { cxlRejReasonOf, ordRejReasonOf, restatementReasonOf } from "./fix-spellings.ts"
import type { Told } from "./fix-told.ts"

/** The form of `schema: "trade2026-oracle/order-lifecycle/1"`: what a client and a broker say to each other, in order. */
export type OrderScenario = { readonly id: string; readonly steps: ReadonlyArray<WrittenStep> }

/** What of a message is compared, as far as a step tells it. */
const COMPARED = [
  "orderQty",
  "cumQty",
  "leavesQty",
  "lastQty",
  "dayOrderQty",
  "dayCumQty",
  "lastPx",
  "avgPx",
  "msg",
  "clOrdId",
  "origClOrdId",
  "execType",
  "execTypeCode",
  "ordStatus",
  "ordStatusCode",
  "execRefId",
  "execRestatementReason",
  "cxlRejReason",
  "ordRejReason"
] as const

/** Reasons are compared by their FIX name, and only where the product has one of its own. */
const REASONS: Readonly<Record<string, (text: string) => string>> = {
  execRestatementReason: restatementReasonOf,
  cxlRejReason: cxlRejReasonOf,
  ordRejReason: ordRejReasonOf
}

const isAsTold = (field: (typeof COMPARED)[number], step: Step, got: Told): boolean => {
  const reasonOf = REASONS[field]
  if (reasonOf === undefined) return step[field] === got[field]
  const reason = got[field]
  return typeof reason !== "string" || step[field] === reasonOf(reason)
}

/** What a step tells and the answer does not say the same, by field; undefined where all is as told. */
const differences = (step: Step, got: Told) => {
  const wrong = COMPARED.filter((field) => step[field] !== undefined && !isAsTold(field, step, got))
  if (wrong.length === 0) return undefined
  const refused = got["refused"] === undefined ? {} : { refused: got["refused"] }
  const pick = (from: Told) => Object.fromEntries(wrong.map((field) => [field, from[field] ?? null]))
  return { expected: { t: step.t, ...pick(step) }, got: { ...pick(got), ...refused } }
}

/** Plays the main path, and at each alternative a path of its own that ends with it. */
export const runOrderScenario = ({ id, steps: written }: OrderScenario): CaseOutcome => {
  const steps = written.map(readStep)
  const alternatives = steps.flatMap((step, at) => (step.isAlternative ? [at] : []))
  const main = steps.filter((step) => !step.isAlternative)
  for (const path of [main, ...alternatives.map((at) => pathTo(steps, at))]) {
    const failed = runPath(path)
    if (failed !== undefined) return { id, outcome: "failed", ...failed }
  }
  return { id, outcome: "passed" }
}

/** The main path up to an alternative; alternatives right before it at other times are of the same branch. */
const pathTo = (steps: ReadonlyArray<Step>, at: number): ReadonlyArray<Step> => {
  const branch = [steps[at]!]
  for (let i = at - 1; steps[i]?.isAlternative === true && steps[i]!.t !== branch[0]!.t; i--) branch.unshift(steps[i]!)
  return [...steps.slice(0, at).filter((step) => !step.isAlternative), ...branch]
}

const runPath = (steps: ReadonlyArray<Step>) => {
  const desk = new FixDesk()
  for (const step of steps) {
    if (step.dir === "in") desk.ask(step)
    if (step.dir !== "out") continue
    const wrong = differences(step, desk.hear(step))
    if (wrong !== undefined) return wrong
  }
  return undefined
}
