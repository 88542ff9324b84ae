/** What a file of cases came to; `expected` and `got` hold only what differs. */
export type Conformance = {
  readonly total: number
  readonly passed: number
  readonly failed: ReadonlyArray<{ readonly id: string; readonly expected: unknown; readonly got: unknown }>
  readonly skipped: ReadonlyArray<{ readonly id: string; readonly why: string }>
}

/** What came of one case. */
export type CaseOutcome =
  | { readonly id: string; readonly outcome: "passed" }
  | { readonly id: string; readonly outcome: "failed"; readonly expected: unknown; readonly got: unknown }
  | { readonly id: string; readonly outcome: "skipped"; readonly why: string }

export const summarise = (outcomes: ReadonlyArray<CaseOutcome>): Conformance => ({
  total: outcomes.length,
  passed: outcomes.filter(({ outcome }) => outcome === "passed").length,
  failed: outcomes.flatMap((one) =>
    one.outcome === "failed" ? [{ id: one.id, expected: one.expected, got: one.got }] : []
  ),
  skipped: outcomes.flatMap((one) => (one.outcome === "skipped" ? [{ id: one.id, why: one.why }] : []))
})

/** A file that holds no cases of a known form. */
export class UnknownCases extends Error {
  override readonly name = "UnknownCases"
}
