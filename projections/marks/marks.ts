import { define, NEVER, NONE, type RowOf } from "#projections/projection.ts"

/** The newest recorded valuation mark of each symbol. */
const columns = { symbol: "text", price: "amount", source: "text", mdNo: "integer", markedAt: "time" } as const
export type MarkRow = RowOf<typeof columns>

export const marks = define<typeof columns>({
  name: "marks",
  version: 1,
  columns,
  key: ["symbol"],
  keysOf: (event) => (event.type === "MarkRecorded" ? [[event.data.symbol]] : NONE),
  empty: ([symbol]) => ({ symbol: String(symbol), price: 0n, source: "", mdNo: 0, markedAt: NEVER }),
  fold: (row, event) => (event.type === "MarkRecorded" ? { ...row, ...event.data } : row)
})
