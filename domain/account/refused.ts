import { Result } from "effect"
import type { Refusal } from "#domain/kernel/shapes.ts"
import type { AccountEvent } from "./events.ts"

export type Decided = Result.Result<ReadonlyArray<AccountEvent>, Refusal>
export const refused = (code: string, detail: string, field?: string): Decided =>
  Result.fail(field === undefined ? { code, detail } : { code, detail, field })

export const inexact = refused(
  "TooManyDecimals",
  "price × quantity has more than 8 decimals or 18 digits before the point",
  "quantity"
)
