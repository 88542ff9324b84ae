import { Result, Schema } from "effect"
import type { AccountEvent } from "#domain/account/events.ts"
import { HeldOver, MovedGroup } from "#domain/account/move-events.ts"
import { FreeText } from "#domain/kernel/free-text.ts"
import { AccountId, ClOrdId, Currency, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import { Time } from "#domain/kernel/time.ts"
import { carried } from "#domain/ledger/entry-events.ts"
import { OrderType, originFields, Side, TimeInForce } from "#domain/orders/events.ts"
import { instructionFields } from "#domain/orders/instructions.ts"
import type { Submission } from "./account-writer.ts"
import { amountsOf, convertAmounts } from "./amount-fields.ts"
import { plainCommand } from "./plain-command.ts"
import type { Answer } from "./writer.ts"

const movement = {
  account: AccountId,
  currency: Currency,
  amount: Cash,
  reference: Schema.optionalKey(FreeText),
  effectiveAt: Schema.optionalKey(Time)
}
const noted = { account: AccountId, reference: movement.reference, effectiveAt: movement.effectiveAt }
const Entry = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("fee"), currency: Currency, amount: Cash, fee: FreeText }),
  Schema.Struct({ kind: Schema.Literal("interest"), currency: Currency, amount: Cash }),
  Schema.Struct({
    kind: Schema.Literal("dividend"),
    symbol: Symbol,
    perUnit: Price,
    quantity: Schema.optionalKey(Quantity),
    taxWithheld: Schema.optionalKey(Cash)
  }),
  Schema.Struct({
    kind: Schema.Literal("split"),
    symbol: Symbol,
    numerator: Schema.Int,
    denominator: Schema.Int,
    fractions: Schema.optionalKey(Schema.Literals(["keep", "cash"])),
    price: Schema.optionalKey(Price)
  }),
  Schema.Struct({ kind: Schema.Literal("symbol-change"), symbol: Symbol, newSymbol: Symbol }),
  Schema.Struct({ kind: Schema.Literal("expiry"), symbol: Symbol, price: Price })
])
const Moved = Schema.Union([
  Schema.Struct({ currency: Currency, amount: Cash }),
  Schema.Struct({ symbol: Symbol, quantity: Quantity })
])
const Carried = Schema.Struct(carried)
const ofGroup = { moveId: Schema.String, group: GroupId, fromPartition: Schema.Int, transitNo: Schema.Int }
/** What programs elsewhere may send: decimals as text, times with nine decimals, no field that is not known. */
const CommandRequest = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("SubmitOrder"),
    account: AccountId,
    symbol: Symbol,
    side: Side,
    orderType: OrderType,
    timeInForce: TimeInForce,
    quantity: Quantity,
    price: Schema.optionalKey(Price),
    stopPrice: Schema.optionalKey(Price),
    expireAt: Schema.optionalKey(Time),
    ...instructionFields,
    ...originFields
  }),
  Schema.Struct({
    type: Schema.Literal("ReplaceOrder"),
    account: AccountId,
    orderId: OrderId,
    quantity: Schema.optionalKey(Quantity),
    price: Schema.optionalKey(Price),
    stopPrice: Schema.optionalKey(Price),
    displayQuantity: Schema.optionalKey(Quantity),
    origClOrdId: Schema.optionalKey(ClOrdId)
  }),
  Schema.Struct({
    type: Schema.Literal("CancelOrder"),
    account: AccountId,
    orderId: OrderId,
    origClOrdId: Schema.optionalKey(ClOrdId)
  }),
  Schema.Struct({ type: Schema.Literal("CancelAll"), account: AccountId, symbol: Schema.optionalKey(Symbol) }),
  Schema.Struct({ type: Schema.Literal("Deposit"), ...movement }),
  Schema.Struct({ type: Schema.Literal("Withdraw"), ...movement }),
  Schema.Struct({ type: Schema.Literal("Transfer"), to: AccountId, moved: Moved, ...noted }),
  Schema.Struct({
    type: Schema.Literal("ReceiveTransfer"),
    to: AccountId,
    from: AccountId,
    fromPartition: Schema.Int,
    transitNo: Schema.Int,
    effectiveAt: Time,
    carried: Carried,
    mark: Schema.optionalKey(Price)
  }),
  Schema.Struct({ type: Schema.Literal("ReceiveAnswers"), part: Schema.Int, answers: Schema.String, ...ofGroup }),
  Schema.Struct({
    type: Schema.Literal("ReceiveGroup"),
    parts: Schema.Int,
    hash: Schema.String,
    moved: MovedGroup,
    heldOver: HeldOver,
    ...ofGroup
  }),
  Schema.Struct({ type: Schema.Literal("PostEntry"), entry: Entry, ...noted }),
  Schema.Struct({
    type: Schema.Literal("OpenAccount"),
    account: AccountId,
    owner: OwnerId,
    group: GroupId,
    accountType: Schema.Literal("cash"),
    currency: Currency
  })
])
const Command = Schema.Struct({
  id: ClOrdId,
  actor: Schema.String.check(Schema.isPattern(/^[a-z][A-Za-z0-9:_-]{0,63}$/u)),
  trace: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(128))),
  request: CommandRequest
})
/** Judges the form in which commands travel; see {@link convertAmounts}. */
const judge = Schema.decodeUnknownResult(Schema.toEncoded(Command), { onExcessProperty: "error" })
const encode = Schema.encodeSync(Command)

const AMOUNTS = new Map(
  CommandRequest.members.map(({ fields }) => [fields.type.ast.literal as string, amountsOf(fields)])
)
const AMOUNTS_WITHIN = [
  ["moved", new Set(Moved.members.flatMap(({ fields }) => amountsOf(fields)))],
  ["carried", new Set(amountsOf(carried))],
  ["entry", new Set(Entry.members.flatMap(({ fields }) => amountsOf(fields)))]
] as const

/** The answer as it travels: which events there are, and of an order where it stands. */
export type CommandReply =
  | {
      readonly kind: "facts" | "repeat"
      readonly first: number
      readonly last: number
      /** of a repeat, where these events are when they are in another partition */
      readonly partition?: number
      readonly orderId?: string
      /** of an order that was just sent; of a repeat, ask for the order */
      readonly status?: "PendingNew" | "Rejected"
      /** of a transfer from another partition that is not taken here */
      readonly refusal?: Refusal
    }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** nothing was recorded, try again: at another writer, or later */
  | { readonly kind: "unavailable"; readonly reason: string }
  /** nothing was recorded: it is another partition's by now */
  | { readonly kind: "moved"; readonly partition: number }

export const encodeCommand = (command: Submission): Uint8Array =>
  Buffer.from(JSON.stringify(encode(command as never)), "utf8")

/** A command from elsewhere, judged field by field, or why it is none. */
export const decodeCommand = (payload: Uint8Array): Submission | Refusal => {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"))
  } catch {
    return { code: "Malformed", detail: "the command is not JSON" }
  }
  const plain = plainCommand(json)
  if (plain !== undefined) return plain
  const judged = judge(json)
  if (Result.isFailure(judged)) return { code: "Malformed", detail: judged.failure.message }
  const { request } = judged.success as { request: Record<string, unknown> & { type: string } }
  convertAmounts(request, AMOUNTS.get(request.type)!)
  for (const [part, amounts] of AMOUNTS_WITHIN)
    if (request[part] !== undefined) convertAmounts(request[part] as Record<string, unknown>, amounts)
  return judged.success as unknown as Submission
}

export const replyOf = (answer: Answer<AccountEvent>): CommandReply => {
  if (answer.kind === "refused") return refusalReply(answer.refusal)
  if (answer.kind !== "facts") return answer
  const { events } = answer
  const numbers = { kind: "facts", first: events[0]!.eventNo, last: events.at(-1)!.eventNo } as const
  const [first, second] = events
  if (first?.type === "TransferRefused" || first?.type === "GroupRefused") {
    const { code, detail } = first.data
    return { ...numbers, refusal: { code, detail } }
  }
  if (first === undefined || !("orderId" in first.data)) return numbers
  const about = { ...numbers, orderId: first.data.orderId }
  // of a change the decision says nothing about where the order stands
  if (first.type !== "OrderPlaced" || second?.type !== "OrderRiskDecided") return about
  return { ...about, status: second.data.decision === "approved" ? "PendingNew" : "Rejected" }
}

const refusalReply = (refusal: Refusal): CommandReply => {
  const { code, detail, partition } = refusal
  if (code === "Moving") return { kind: "unavailable", reason: detail }
  return code === "MovedAway" && partition !== undefined ? { kind: "moved", partition } : { kind: "refused", refusal }
}

export const encodeReply = (reply: CommandReply): Uint8Array => Buffer.from(JSON.stringify(reply), "utf8")
export const decodeReply = (payload: Uint8Array): CommandReply =>
  JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"))
