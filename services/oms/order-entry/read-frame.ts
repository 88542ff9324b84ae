import { Result, Schema } from "effect"
import { SESSION_ITEMS_MAX, SESSION_NO_MAX, type SessionServerFrame } from "#services/contract/order-entry.ts"
import type { FieldFault, Refused } from "#services/http/answer.ts"
import { decoder } from "#services/http/decode.ts"
import { parseJson } from "#services/http/json.ts"
import { SessionId } from "#services/desk/session-id.ts"

/** The items of an `orders` frame as they were parsed, none of them looked at yet. */
export type OrdersFrame = {
  readonly op: "orders"
  readonly no: number
  readonly items: ReadonlyArray<unknown>
  /** of each item the numbers that lost digits when they were parsed; mostly nothing at all */
  readonly inexact: ReadonlyMap<number, ReadonlyArray<string>> | undefined
}
export type ErrorFrame = Extract<SessionServerFrame, { readonly op: "error" }>
export type SessionFrame =
  | OrdersFrame
  | { readonly op: "open" }
  | { readonly op: "resume"; readonly session: SessionId }
  | { readonly op: "ping" }
  | ErrorFrame

const decodeOther = decoder(
  Schema.Union([
    Schema.Struct({ op: Schema.Literal("open") }),
    Schema.Struct({ op: Schema.Literal("resume"), session: SessionId }),
    Schema.Struct({ op: Schema.Literal("ping") })
  ])
)

/** Reads a client's text frame; what cannot be read is the frame that says so, with the field and the reason. */
export const readFrame = (text: string): SessionFrame => {
  const document = parseJson(text)
  if (document === undefined) return errorFrame("MalformedJson", "A frame is one JSON object in a text frame")
  const { value, inexact } = document
  if (typeof value !== "object" || value === null) return badFrame([{ field: "frame", reason: "must be an object" }])
  if ("op" in value && value.op === "orders")
    return readOrders(value as unknown as Readonly<Record<string, unknown>>, inexact)
  if (!("op" in value && OPS.has(value.op)))
    return badFrame([{ field: "op", reason: `must be one of ${[...OPS].join(", ")}` }])
  const other = decodeOther(value, inexact)
  return Result.isSuccess(other) ? other.success : badFrame(other.failure.errors ?? [], other.failure)
}
const OPS = new Set<unknown>(["open", "resume", "orders", "ping"])

/** The frame around the orders is judged by hand: it must not cost what its orders do not. */
const readOrders = (
  frame: Readonly<Record<string, unknown>>,
  inexact: ReadonlyArray<string>
): OrdersFrame | ErrorFrame => {
  const { no, items } = frame
  const faults: Array<FieldFault> = Object.keys(frame)
    .filter((field) => field !== "op" && field !== "no" && field !== "items")
    .slice(0, FAULTS_MAX)
    .map((field) => ({ field: field.slice(0, 200), reason: "is not a field of this frame" }))
  const isNo = typeof no === "number" && Number.isSafeInteger(no) && no >= 1 && no <= SESSION_NO_MAX
  if (!isNo || inexact.includes("no"))
    faults.push({ field: "no", reason: `must be a whole number from 1 to ${SESSION_NO_MAX}` })
  if (!Array.isArray(items)) faults.push({ field: "items", reason: "must be a list" })
  else if (items.length === 0) faults.push({ field: "items", reason: "must have at least one order" })
  else if (items.length > SESSION_ITEMS_MAX)
    faults.push({ field: "items", reason: `must have at most ${SESSION_ITEMS_MAX} orders, not ${items.length}` })
  else if (isNo && no + items.length - 1 > SESSION_NO_MAX)
    faults.push({ field: "no", reason: "must leave numbers for all items" })
  if (faults.length > 0) return badFrame(faults)
  return { op: "orders", no: no as number, items: items as ReadonlyArray<unknown>, inexact: byItem(inexact) }
}
const FAULTS_MAX = 20

/** `items.3.quantity` belongs to item 3. */
const byItem = (paths: ReadonlyArray<string>): OrdersFrame["inexact"] => {
  if (paths.length === 0) return undefined
  const of = new Map<number, Array<string>>()
  for (const path of paths) {
    const [, place, ...field] = path.split(".")
    const known = of.get(Number(place))
    if (known === undefined) of.set(Number(place), [field.join(".")])
    else known.push(field.join("."))
  }
  return of
}

/** The frame that tells a client what was wrong. */
export const errorFrame = (code: string, detail: string, errors?: ReadonlyArray<FieldFault>): ErrorFrame => ({
  op: "error",
  code,
  detail,
  ...(errors !== undefined && errors.length > 0 && { errors })
})
const badFrame = (errors: ReadonlyArray<FieldFault>, refused?: Refused): ErrorFrame =>
  errorFrame("BadFrame", refused?.detail ?? errors.map(({ field, reason }) => `${field}: ${reason}`).join("; "), errors)
