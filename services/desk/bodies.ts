import type { Account, HaltState, State } from "#domain/account/state.ts"
import type { Currency } from "#domain/kernel/ids.ts"
import { absOf, formatFixed } from "#domain/kernel/money.ts"
import { cashOf, type Balance } from "#domain/ledger/balances.ts"
import { readChecks, type Check } from "#domain/risk/check-text.ts"
import { LIMIT_NAMES, type Limits } from "#domain/risk/limits.ts"
import { requiredOf, type Margin } from "#domain/risk/margin.ts"
import type { ExecutionRow } from "#projections/executions/executions.ts"
import type { OrderRow } from "#projections/orders/orders.ts"
import { NEVER } from "#projections/projection.ts"
import type { AccountBody, BalanceBody, HoldingBody } from "#services/contract/accounts.ts"
import type { HaltBody, LimitValues } from "#services/contract/limits.ts"
import type { CheckBody, FillBody, OrderBody } from "#services/contract/orders.ts"

/** An order's row, the number of the event that made it, and its fills: what an answer is written from. */
export type OrderView = {
  readonly row: OrderRow
  readonly eventNo: number
  readonly fills: ReadonlyArray<ExecutionRow>
}

type RiskText = Basis & {
  readonly decision: "approved" | "denied"
  readonly checks: string
  readonly rules?: number
}
/** The price that the checks compared with. */
type Basis = {
  readonly price?: string
  readonly priceSource?: string
  readonly priceAgeMicros?: number
}

/** Checks that compared with a market price carry it. */
const PRICED = new Set([
  "PRICE_COLLAR",
  "PRICE_AGE",
  "MIN_NOTIONAL",
  "MAX_ORDER_NOTIONAL",
  "MAX_GROSS_NOTIONAL",
  "MAX_CONCENTRATION",
  "MAX_OPEN_NOTIONAL"
])

export const checkBody = (check: Check, risk: Basis, partition: number): CheckBody => {
  const { code, passed, scope, setBy } = check
  const [limit, used, requested] = [check.limit ?? null, check.used ?? null, check.requested ?? null]
  const price =
    PRICED.has(code) && risk.price !== undefined
      ? {
          price: risk.price,
          ...(risk.priceSource !== undefined && { priceSource: risk.priceSource }),
          ...(risk.priceAgeMicros !== undefined && { priceAge: risk.priceAgeMicros / 1e6 })
        }
      : {}
  const who = {
    ...(scope !== undefined && { scope }),
    ...(setBy !== undefined && { setBy: `${partition}:${setBy}` })
  }
  return { code, limit, used, requested, passed, ...who, ...price }
}

export const fillBody = (row: ExecutionRow): FillBody => ({
  execId: row.execId,
  quantity: formatFixed(row.quantity),
  price: formatFixed(row.price),
  fee: formatFixed(row.fee),
  feeCurrency: row.feeCurrency,
  liquidity: row.liquidity as FillBody["liquidity"],
  at: row.at
})

/** The order as the contract has it. */
export const orderBody = ({ row, eventNo, fills }: OrderView, partition: number): OrderBody => {
  const risk: RiskText = row.risk === "" ? { decision: "approved", checks: "" } : JSON.parse(row.risk)
  return {
    orderId: row.orderId as OrderBody["orderId"],
    clOrdId: row.clOrdId,
    account: row.account,
    symbol: row.symbol,
    side: row.side as OrderBody["side"],
    type: row.type as OrderBody["type"],
    timeInForce: row.timeInForce as OrderBody["timeInForce"],
    quantity: formatFixed(row.quantity),
    ...(row.price > 0n && { price: formatFixed(row.price) }),
    ...(row.stopPrice > 0n && { stopPrice: formatFixed(row.stopPrice) }),
    ...(row.expireAt !== NEVER && { expireAt: row.expireAt }),
    ...(row.instructions !== "" && (JSON.parse(row.instructions) as object)),
    ...(row.groupId !== "" && { groupId: row.groupId }),
    ...(row.parentId !== "" && { parentId: row.parentId }),
    status: row.status as OrderBody["status"],
    cumQty: formatFixed(row.cumQty),
    leavesQty: formatFixed(row.leavesQty),
    avgPx: formatFixed(row.avgPx),
    ...(row.reason !== "" && { reason: row.reason }),
    risk: {
      decision: risk.decision,
      checks: readChecks(risk.checks, risk.rules).map((check) => checkBody(check, risk, partition))
    },
    fills: fills.map(fillBody),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    position: `${partition}:${eventNo}`
  }
}

export const limitValues = (limits: Limits): LimitValues => {
  const values: Record<string, unknown> = {}
  for (const name of LIMIT_NAMES) {
    const value = limits[name]
    if (value === undefined) continue
    if (name === "restricted") values[name] = (value as string).split(" ")
    else values[name] = typeof value === "bigint" ? formatFixed(value) : value
  }
  return values as LimitValues
}

export const haltBody = (halt: HaltState, partition: number): HaltBody => ({
  haltId: halt.haltId,
  scope: halt.scope,
  ...(halt.id !== undefined && { id: halt.id }),
  ...(halt.symbol !== undefined && { symbol: halt.symbol }),
  reason: halt.reason,
  ...(halt.mode !== undefined && { mode: halt.mode }),
  at: halt.at,
  position: `${partition}:${halt.eventNo}`
})

/** The halts that keep an account from trading something. */
export const haltsOf = (state: State, account: Account): ReadonlyArray<HaltState> =>
  [...state.halts.values()].filter(
    ({ scope, id }) =>
      scope === "firm" ||
      scope === "symbol" ||
      (scope === "group" && id === account.group.id) ||
      (scope === "account" && id === account.id)
  )

const freeOf = ({ total, reserved }: Readonly<Balance>) => ({
  total: formatFixed(total),
  reserved: formatFixed(reserved),
  available: formatFixed(total - reserved)
})
export const balanceBody = ({ balances }: Account, currency: Currency): BalanceBody => ({
  currency,
  ...freeOf(cashOf(balances, currency))
})
export const holdingBody = (symbol: string, holding: Readonly<Balance>): HoldingBody => {
  const { total: quantity, ...free } = freeOf(holding)
  return { symbol, quantity, ...free }
}

export const accountBody = (state: State, account: Account): AccountBody => ({
  account: account.id,
  owner: account.owner,
  group: account.group.id,
  type: account.type,
  currency: account.currency,
  ...(account.margin !== undefined && { margin: marginBody(account, account.margin) }),
  balances: balancesWithOwn(account).map(([currency, balance]) => ({ currency, ...freeOf(balance) })),
  positions: [...account.balances.holdings]
    .filter(([, { total, reserved }]) => absOf(total) + absOf(reserved) > 0n)
    .map(([symbol, holding]) => holdingBody(symbol, holding)),
  limits: limitValues(account.risk.limits),
  halts: haltsOf(state, account).map((halt) => haltBody(halt, state.partition)),
  openedAt: account.openedAt,
  position: `${state.partition}:${state.eventNo}`
})

const marginBody = (account: Account, { initialRate, maintenanceRate, initial, opening, maintenance }: Margin) => ({
  initialRate: formatFixed(initialRate),
  maintenanceRate: formatFixed(maintenanceRate),
  equity: formatFixed((account.balances.cash.get(account.currency)?.total ?? 0n) + account.risk.worth.net),
  initial: formatFixed(requiredOf(initial + opening)),
  maintenance: formatFixed(requiredOf(maintenance))
})

/** An account's own currency is shown from the first moment, at zero. */
const balancesWithOwn = (account: Account) => {
  const { cash } = account.balances
  return cash.has(account.currency) ? [...cash] : [[account.currency, { total: 0n, reserved: 0n }] as const, ...cash]
}
