import { EXEC_TYPE_CODES } from "#domain/orders/execution-report.ts"
import {
  cxlRejReasonOf,
  execTypeOf,
  msgOf,
  ordRejReasonOf,
  ordStatusOf,
  restatementReasonOf,
  timeInForceOf
} from "./fix-spellings.ts"

const NUMBERS = [
  "orderQty",
  "cashOrderQty",
  "price",
  "cumQty",
  "leavesQty",
  "lastQty",
  "lastPx",
  "avgPx",
  "dayOrderQty",
  "dayCumQty"
] as const
const TEXTS = [
  "msg",
  "clOrdId",
  "origClOrdId",
  "timeInForce",
  "execType",
  "execTypeCode",
  "ordStatus",
  "ordStatusCode",
  "execId",
  "execRefId",
  "execRestatementReason",
  "cxlRejReason",
  "ordRejReason",
  "text"
] as const

/** One message of a scenario. What is missing or null in the file is not told, and not here either. */
export type Step = {
  readonly t: string
  readonly dir: "in" | "out" | "event"
  readonly isAlternative: boolean
  /** sent again, as far as its sender knows (FIX PossResend 97, PossDupFlag 43) */
  readonly isResend: boolean
} & { readonly [K in (typeof NUMBERS)[number]]?: number } & { readonly [K in (typeof TEXTS)[number]]?: string }

/** A step as it stands in a file: any of the fields, or null, and others that are for people. */
export type WrittenStep = Readonly<Record<string, unknown>>

const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  msg: msgOf,
  timeInForce: timeInForceOf,
  execType: execTypeOf,
  ordStatus: ordStatusOf,
  execRestatementReason: restatementReasonOf,
  cxlRejReason: cxlRejReasonOf,
  ordRejReason: ordRejReasonOf
}

/** A step with the names that are compared here, whichever way they are spelled in the file. */
export const readStep = (written: WrittenStep): Step => {
  const step: Record<string, unknown> = {}
  for (const field of NUMBERS) if (isTold(written[field])) step[field] = Number(written[field])
  for (const field of TEXTS) {
    const value = written[field]
    if (isTold(value)) step[field] = (SPELLINGS[field] ?? String)(String(value))
  }
  const execType = Object.entries(EXEC_TYPE_CODES).find(([, code]) => code === step["execTypeCode"])?.[0]
  if (execType !== undefined) step["execType"] ??= execType
  const dir = written["dir"] === "in" || written["dir"] === "out" ? written["dir"] : "event"
  return {
    msg: dir === "in" ? requestIn(step) : answerIn(step),
    ...step,
    t: isTold(written["t"]) ? String(written["t"]) : "",
    dir,
    isAlternative: written["branch"] === "alternative",
    isResend: [written["possResend"], written["possDup"]].some((flag) => flag === true || flag === "Y")
  }
}
const isTold = (value: unknown): value is string | number =>
  (typeof value === "string" && value !== "") || typeof value === "number"

/** What a message must be that does not say which it is. */
const requestIn = (step: Readonly<Record<string, unknown>>): string => {
  const sizes = step["orderQty"] !== undefined || step["cashOrderQty"] !== undefined
  if (step["origClOrdId"] === undefined) return sizes ? "NewOrderSingle" : "OrderStatusRequest"
  return sizes ? "OrderCancelReplaceRequest" : "OrderCancelRequest"
}
const answerIn = ({ execType }: Readonly<Record<string, unknown>>): string =>
  execType === undefined ? "OrderCancelReject" : "ExecutionReport"

/** The day of a moment written `2.1` (the second day), so that an order can be renewed; `3` is of the first day. */
export const dayOf = ({ t }: Pick<Step, "t">): number => {
  const [, named] = /day\s*(\d+)/iu.exec(t) ?? []
  if (named !== undefined) return Math.max(1, Number(named))
  return t.includes(".") ? Math.max(1, Math.floor(Number(t)) || 1) : 1
}
