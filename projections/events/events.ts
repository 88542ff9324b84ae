import { formatFixed } from "#domain/kernel/money.ts"
import { define, NEVER, type RowOf } from "#projections/projection.ts"

/** Every event as a row: what auditors search. */
const columns = {
  eventNo: "integer",
  type: "text",
  v: "integer",
  recordedAt: "time",
  effectiveAt: "time",
  actor: "text",
  cause: "text",
  correlation: "text",
  trace: "text",
  account: "text",
  orderId: "text",
  symbol: "text",
  data: "json",
  commitNo: "integer",
  commitId: "text",
  commitHash: "text"
} as const
export type EventRow = RowOf<typeof columns>

export const events = define<typeof columns>({
  name: "events",
  version: 3,
  columns,
  key: ["eventNo"],
  keysOf: (event) => [[event.eventNo]],
  empty: ([eventNo]) => ({
    eventNo: Number(eventNo),
    type: "",
    v: 0,
    recordedAt: NEVER,
    effectiveAt: NEVER,
    actor: "",
    cause: "",
    correlation: "",
    trace: "",
    account: "",
    orderId: "",
    symbol: "",
    data: "",
    commitNo: 0,
    commitId: "",
    commitHash: ""
  }),
  fold: (_, event, place) => {
    const {
      eventNo,
      type,
      v,
      recordedAt,
      effectiveAt,
      actor,
      cause,
      correlation,
      trace = "",
      account = "",
      data
    } = event
    return {
      eventNo,
      type,
      v,
      recordedAt,
      effectiveAt,
      actor,
      cause,
      correlation,
      trace,
      account,
      orderId: "orderId" in data ? data.orderId : "",
      symbol: "symbol" in data && data.symbol !== undefined ? data.symbol : "",
      data: textOf(data),
      commitNo: place.no,
      commitId: place.id,
      commitHash: place.hash
    }
  },
  unhashed: ["trace", "commitNo", "commitId", "commitHash"],
  isFinished: () => true
})

/** As the ledger has it. Amounts stand at the top only; a replacer would be called for every text of every list. */
const textOf = (data: Readonly<Record<string, unknown>>): string => {
  const plain: Record<string, unknown> = {}
  for (const key in data) {
    const value = data[key]
    plain[key] = typeof value === "bigint" ? formatFixed(value) : value
  }
  return JSON.stringify(plain)
}
