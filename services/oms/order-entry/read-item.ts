import { Result, Schema } from "effect"
import type { Request } from "#domain/account/commands.ts"
import { AccountId, ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { NewOrder, ReplaceOrder } from "#services/contract/orders.ts"
import type { Refused } from "#services/http/answer.ts"
import { decoder } from "#services/http/decode.ts"
import { submission } from "#services/desk/submission.ts"
import { plainOrder } from "./plain-order.ts"

/** What an item asks, with the caller's id of it, or why it cannot be read or cannot be. */
export type ReadItem = { readonly clOrdId: string | undefined; readonly request: Request } | Refused

const decodeOrder = decoder(NewOrder)
const decodeReplaceOrder = decoder(ReplaceOrder)
const decodeReplaced = decoder(Schema.Struct({ replace: OrderId, account: AccountId }))
const decodeCancel = decoder(
  Schema.Struct({
    cancel: OrderId,
    account: AccountId,
    origClOrdId: Schema.optionalKey(ClOrdId),
    clOrdId: Schema.optionalKey(ClOrdId)
  })
)
const NOT_AN_OBJECT: Refused = {
  status: 400,
  code: "UndecodableRequest",
  detail: "item: must be an object",
  errors: [{ field: "item", reason: "must be an object" }]
}

/** Reads one item of an `orders` frame. `inexact` are its numbers that lost digits, by their path within the item. */
export const readItem = (item: unknown, inexact: ReadonlyArray<string>): ReadItem => {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return NOT_AN_OBJECT
  const fields = item as Readonly<Record<string, unknown>>
  const plain = inexact.length === 0 ? plainOrder(fields) : undefined
  if (plain !== undefined) return plain
  if ("cancel" in fields) return readCancel(fields, inexact)
  if ("replace" in fields) return readReplace(fields, inexact)
  const order = decodeOrder(fields, inexact)
  if (Result.isFailure(order)) return order.failure
  const { clOrdId, ...asked } = order.success
  return { clOrdId, request: submission(asked) }
}

const ID = /^[A-Za-z0-9_.:-]{1,64}$/u
const isId = (value: unknown): value is string => typeof value === "string" && ID.test(value)

const readCancel = (fields: Readonly<Record<string, unknown>>, inexact: ReadonlyArray<string>): ReadItem => {
  const { cancel, account } = fields
  // as plain orders: most name nothing else
  if (isId(cancel) && isId(account) && Object.keys(fields).length === 2 && inexact.length === 0)
    return { clOrdId: undefined, request: { type: "CancelOrder", account, orderId: cancel } as Request }
  const decoded = decodeCancel(fields, inexact)
  if (Result.isFailure(decoded)) return decoded.failure
  const { clOrdId, cancel: orderId, ...asked } = decoded.success
  return { clOrdId, request: { type: "CancelOrder", orderId, ...asked } }
}

const readReplace = (fields: Readonly<Record<string, unknown>>, inexact: ReadonlyArray<string>): ReadItem => {
  const { replace, account, ...rest } = fields
  // what is not there must be missing, and not undefined
  const named = { ...("replace" in fields && { replace }), ...("account" in fields && { account }) }
  const ours = (field: string) => field === "replace" || field === "account"
  const target = decodeReplaced(named, inexact.filter(ours))
  if (Result.isFailure(target)) return target.failure
  const changes = decodeReplaceOrder(
    rest,
    inexact.filter((field) => !ours(field))
  )
  if (Result.isFailure(changes)) return changes.failure
  const { clOrdId, ...asked } = changes.success
  const { replace: orderId, account: of } = target.success
  return { clOrdId, request: { type: "ReplaceOrder", account: of, orderId, ...asked } }
}
