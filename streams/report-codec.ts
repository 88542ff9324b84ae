import { Result, Schema } from "effect"
import { AccountId, ClOrdId, Currency, ExecId, OrderId } from "#domain/kernel/ids.ts"
import { Cash, formatFixed, Price, Quantity } from "#domain/kernel/money.ts"
import { Time } from "#domain/kernel/time.ts"
import { TriggerOn } from "#domain/orders/instructions.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import { amountsOf, convertAmounts } from "./amount-fields.ts"

// The form in which the paper venue sends its reports: one JSON object in each line, amounts as decimal text.

const head = {
  at: Time,
  account: AccountId,
  orderId: OrderId,
  execId: ExecId,
  clOrdId: Schema.optionalKey(ClOrdId),
  mdNo: Schema.Int
}
const execution = {
  quantity: Quantity,
  price: Price,
  liquidity: Schema.Literals(["maker", "taker"]),
  fee: Cash,
  feeCurrency: Currency,
  queueAhead: Quantity,
  contra: Schema.optionalKey(Schema.String)
}
const reason = Schema.String.check(Schema.isMaxLength(500))
const report = <const T extends string, const Fields extends Schema.Struct.Fields>(
  types: ReadonlyArray<T>,
  fields: Fields
) => Schema.Struct({ type: Schema.Literals(types), ...head, ...fields })

const Report = Schema.Union([
  report(["New"], { venueOrderId: Schema.String, queueAhead: Quantity }),
  report(["Triggered"], {
    queueAhead: Quantity,
    price: Schema.optionalKey(Price),
    source: Schema.optionalKey(TriggerOn)
  }),
  report(["Trade"], execution),
  report(["TradeCancel"], { execRefId: ExecId, reason }),
  report(["TradeCorrect"], { ...execution, execRefId: ExecId }),
  report(["Replaced"], {
    quantity: Quantity,
    price: Schema.optionalKey(Price),
    stopPrice: Schema.optionalKey(Price),
    queueAhead: Quantity
  }),
  report(["Restated"], {
    quantity: Schema.optionalKey(Quantity),
    cumQty: Schema.optionalKey(Quantity),
    price: Schema.optionalKey(Price),
    stopPrice: Schema.optionalKey(Price),
    queueAhead: Schema.optionalKey(Quantity),
    reason
  }),
  report(["PendingCancel", "PendingReplace"], {}),
  report(["Stopped"], { quantity: Schema.optionalKey(Quantity), price: Schema.optionalKey(Price), reason }),
  report(["Suspended", "DoneForDay", "Canceled", "Rejected", "Expired", "CancelRejected", "ReplaceRejected"], {
    reason
  })
])

type Judge = (input: unknown) => Result.Result<unknown, { readonly message: string }>
const judgeOf = (schema: Schema.Top): Judge =>
  Schema.decodeUnknownResult(Schema.toEncoded(schema) as never, { onExcessProperty: "error" })
/** By type: that a report is one of sixteen need not be tried sixteen times. */
const JUDGES = new Map(
  Report.members.flatMap((member) => {
    const judged = { judge: judgeOf(member), amounts: amountsOf(member.fields) }
    return member.fields.type.literals.map((type) => [type as string, judged] as const)
  })
)
const ANY = { judge: judgeOf(Report), amounts: [] }

/** A part of a venue's message: a report, or why it is none; and the bytes that it came in. */
export type DecodedReport = {
  readonly report?: VenueReport
  readonly undecodable?: string
  readonly bytes: () => Uint8Array
}

export const encodeReports = (reports: ReadonlyArray<VenueReport>): Uint8Array =>
  Buffer.from(
    reports
      .map((one) => JSON.stringify(one, (_, value) => (typeof value === "bigint" ? formatFixed(value) : value)))
      .join("\n"),
    "utf8"
  )

/** Every line of a message; of one that has no line at all that is understood, the whole counts as one. */
export const decodeReports = (bytes: Uint8Array): ReadonlyArray<DecodedReport> => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
  const decoded = text.split("\n").map(decodeLine)
  if (decoded.some(({ report }) => report !== undefined)) return decoded
  return [{ ...decoded[0]!, bytes: () => bytes }]
}

const decodeLine = (line: string): DecodedReport => {
  const bytes = () => Buffer.from(line, "utf8")
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { undecodable: "it is not JSON", bytes }
  }
  const { judge, amounts } = JUDGES.get((json as { type?: string } | null)?.type ?? "") ?? ANY
  const judged = judge(json)
  if (Result.isFailure(judged)) return { undecodable: judged.failure.message, bytes }
  convertAmounts(judged.success as Record<string, unknown>, amounts)
  return { report: judged.success as VenueReport, bytes }
}
