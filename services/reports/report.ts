/** A report, or why there is none; `code` is for programs. */
export type Report<T> =
  | { readonly report: T }
  | { readonly refused: { readonly code: ReportRefusal; readonly detail: string } }
export type ReportRefusal = "UnknownAccount" | "UnknownOrder" | "PositionNotReached"

export const refuse = (code: ReportRefusal, detail: string) => ({ refused: { code, detail } })
