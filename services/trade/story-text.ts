import type { Check } from "#domain/risk/check-text.ts"
import type { OrderStory, Shown, StoryEvent } from "#services/reports/audit-order.ts"

/** An order's story for people. */
export const storyText = ({ orderId, position, command, order, events }: OrderStory): string => {
  const { account, side, quantity, symbol, type, timeInForce, price, stopPrice, status, cumQty, avgPx, reason } = order
  const terms = [
    `${side} ${quantity} ${symbol}`,
    `${type} ${timeInForce}`,
    ...(price === "0" ? [] : [`price ${price}`]),
    ...(stopPrice === "0" ? [] : [`stop ${stopPrice}`])
  ]
  return [
    `order ${orderId} of ${account}, as of position ${position}`,
    `  ${terms.join(", ")}`,
    `  ${status}: ${cumQty} filled${cumQty === "0" ? "" : ` at ${avgPx}`}${reason === "" ? "" : ` (${reason})`}`,
    `  asked by ${command.actor} with command ${command.id} at ${command.recordedAt}`,
    ...events.flatMap(eventLines)
  ].join("\n")
}

const eventLines = (event: StoryEvent): ReadonlyArray<string> => [
  "",
  `event ${event.eventNo}  ${event.type}`,
  `  recorded ${event.recordedAt}, true since ${event.effectiveAt}`,
  `  by ${event.actor}, cause ${event.cause}, correlation ${event.correlation}`,
  `  commit ${event.commit.no} (${event.commit.id})  ${event.commit.hash}`,
  ...(event.checks === undefined ? dataLines(event.data) : decisionLines(event.data, event.checks)),
  ...(event.postings ?? []).map(
    ({ ledger, unit, amount }) => `  posting  ${ledger.padEnd(24)} ${amount.padStart(22)} ${unit}`
  ),
  ...(event.positionAfter === undefined ? [] : [`  position after  ${afterText(event.positionAfter, POSITION)}`]),
  ...(event.balanceAfter === undefined ? [] : [`  balance after   ${afterText(event.balanceAfter, BALANCE)}`])
]

const POSITION = ["symbol", "quantity", "avgPrice", "cost", "realized", "fees"]
const BALANCE = ["currency", "total"]
const afterText = (row: Shown, columns: ReadonlyArray<string>): string =>
  columns.map((column) => `${column} ${row[column]}`).join(", ")

const dataLines = (data: unknown): ReadonlyArray<string> => [
  `  ${Object.entries(data as Record<string, unknown>)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ")}`
]

const decisionLines = (data: unknown, checks: ReadonlyArray<Check>): ReadonlyArray<string> => {
  const { decision, price, priceSource, priceMdNo, priceAgeMicros } = data as Record<
    string,
    string | number | undefined
  >
  const seen = [
    ...(priceMdNo === undefined ? [] : [`market data ${priceMdNo}`]),
    ...(priceAgeMicros === undefined ? [] : [`${Number(priceAgeMicros) / 1000} ms old`])
  ]
  const basis =
    price === undefined
      ? "no price was known"
      : `compared with ${priceSource} ${price}${seen.length > 0 ? ` (${seen.join(", ")})` : ""}`
  return [`  ${decision}, ${basis}`, ...checks.map(checkLine)]
}

const checkLine = ({ code, passed, limit, used, requested, scope, setBy }: Check): string => {
  const numbers = [
    ...(limit === undefined ? [] : [`limit ${limit}`]),
    ...(used === undefined ? [] : [`used ${used}`]),
    ...(requested === undefined ? [] : [`requested ${requested}`]),
    ...(scope === undefined ? [] : [`of the ${scope}${setBy === undefined ? "" : ` (event ${setBy})`}`])
  ]
  return `  ${passed ? "passed" : "FAILED"}  ${code.padEnd(18)} ${numbers.join(", ")}`.trimEnd()
}
