import { Schema } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { AccountId, Currency, OrderId } from "#domain/kernel/ids.ts"
import { DecimalText, Position, TimeText } from "#services/contract/fields.ts"
import { ok, refused, type Answer } from "#services/http/answer.ts"
import { HolderBody } from "#services/contract/people.ts"
import { answer } from "#services/http/handle.ts"
import { contractApi, mount, type Mount } from "#services/http/mount.ts"
import { READ_PROBLEMS } from "#services/http/problem.ts"
import type { People } from "#streams/ports/people.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { auditOrder } from "./audit-order.ts"
import { holderOf } from "./holder.ts"
import { pnlAt } from "./pnl-at.ts"
import { parsePosition } from "./position-text.ts"
import type { Report } from "./report.ts"

const PnlReportBody = Schema.Struct({
  position: Schema.String,
  account: Schema.String,
  currency: Schema.String,
  cash: DecimalText,
  equity: DecimalText,
  realized: DecimalText,
  unrealized: DecimalText,
  fees: DecimalText,
  income: Schema.optionalKey(DecimalText),
  positions: Schema.Array(
    Schema.Struct({
      symbol: Schema.String,
      quantity: DecimalText,
      avgPrice: DecimalText,
      mark: Schema.optionalKey(DecimalText),
      markAt: Schema.optionalKey(TimeText),
      realized: DecimalText,
      unrealized: DecimalText,
      fees: DecimalText,
      income: Schema.optionalKey(DecimalText)
    })
  ),
  /** who holds the account, where people are kept */
  holder: Schema.optionalKey(HolderBody)
}).annotate({ identifier: "PnlReport" })

/** The story's events differ by type: their data is what the ledger holds. */
const OrderStoryBody = Schema.Struct({
  orderId: Schema.String,
  position: Schema.String,
  command: Schema.Unknown,
  order: Schema.Unknown,
  events: Schema.Array(Schema.Unknown)
}).annotate({ identifier: "OrderStory" })

class Reports extends HttpApiGroup.make("reports").add(
  HttpApiEndpoint.get("pnl", "/reports/pnl", {
    query: { account: AccountId, currency: Schema.optionalKey(Currency), at: Schema.optionalKey(Position) },
    success: PnlReportBody,
    error: READ_PROBLEMS
  }),
  HttpApiEndpoint.get("audit", "/audit/orders/:id", {
    params: { id: OrderId },
    success: OrderStoryBody,
    error: READ_PROBLEMS
  })
) {}
class ReportsApi extends contractApi(HttpApi.make("reports").add(Reports).prefix("/api")) {}

const answerOf = <T>(report: Report<T>): Answer<T> => {
  if ("report" in report) return ok(report.report)
  const { code, detail } = report.refused
  if (code === "PositionNotReached") return refused(503, code, detail, { retryAfterSeconds: 1 })
  return refused(code === "UnknownOrder" ? 404 : 422, code, detail)
}

/**
 * Reports out of the projections' store, below `/api` of the gateway. `caughtUp` waits for what happened just now: false
 * when the store is behind, as just after a restart. A report says its position; "no such order" needs all of it.
 */
export const reportRoutes = (store: RowStore, people: People, caughtUp: () => Promise<boolean>): Mount =>
  mount(
    ReportsApi,
    HttpApiBuilder.group(ReportsApi, "reports", (handlers) =>
      handlers
        .handle("pnl", ({ query: { account, currency, at }, request }) =>
          answer(request, async () => {
            await caughtUp()
            const cut = at === undefined ? undefined : parsePosition(at)
            const asked = {
              account,
              ...(currency !== undefined && { currency }),
              ...(cut !== undefined && { at: cut })
            }
            const result = await pnlAt(store, asked)
            if ("refused" in result) return answerOf(result)
            const holder = await holderOf(store, people, account)
            return ok({ ...result.report, ...(holder !== undefined && { holder }) })
          })
        )
        .handle("audit", ({ params: { id }, request }) =>
          answer(request, async () => {
            const isCaughtUp = await caughtUp()
            const story = await auditOrder(store, id)
            if ("refused" in story && !isCaughtUp)
              return refused(503, "NotReached", "the reports are behind the ledger", { retryAfterSeconds: 1 })
            return answerOf(story)
          })
        )
    )
  )
