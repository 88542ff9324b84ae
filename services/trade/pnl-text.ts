import type { HolderBody } from "#services/contract/people.ts"
import type { PnlAt } from "#services/reports/pnl-at.ts"

/** The report, and who holds the account where somebody knows. */
export type HeldPnl = PnlAt & { readonly holder?: HolderBody }

/** The report as a table for people. */
export const pnlText = (report: HeldPnl): string => {
  const { holder, account, currency, position, cash, equity, realized, unrealized, fees, income, positions } = report
  const head = ["symbol", "quantity", "avg price", "mark", "realized", "unrealized", "fees"]
  const rows = positions.map((p) => [
    p.symbol,
    p.quantity,
    p.avgPrice,
    p.mark ?? "none",
    p.realized,
    p.unrealized,
    p.fees
  ])
  const totals: ReadonlyArray<readonly [string, string]> = [
    ["cash", cash],
    ["equity", equity],
    ["realized", realized],
    ["unrealized", unrealized],
    ["fees", fees],
    ...(income === undefined ? [] : [["income", income] as const])
  ]
  const width = Math.max(...totals.map(([, value]) => value.length))
  return [
    `P&L of ${account} in ${currency}, as of position ${position}`,
    ...(holder === undefined ? [] : [`  held by ${holderText(holder)}`]),
    ...totals.map(([name, value]) => `  ${name.padEnd(10)} ${value.padStart(width)}`),
    ...(rows.length === 0 ? [] : ["", ...aligned([head, ...rows])])
  ].join("\n")
}

const holderText = ({ owner, name, forgottenAt }: HolderBody): string =>
  forgottenAt === undefined ? `${name} (owner ${owner})` : `owner ${owner}, forgotten on ${forgottenAt.slice(0, 10)}`

/** Columns side by side: the first to the left, numbers to the right. */
const aligned = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map(
    (row) => `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ")}`
  )
}
