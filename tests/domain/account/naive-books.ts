// A second opinion on the account decider: lists that are added up from the beginning each time, in whole numbers.
// Prices are whole, quantities are tenths of a unit: a notional is price × tenths × 10^7 hundred-millionths, its fee of
// 0.05 % price × tenths × 5000, both exact.

export type Side = "buy" | "sell"
type Terms = { readonly quantity: number; readonly price: number }
export type NaiveOrder = {
  readonly id: string
  readonly account: string
  readonly side: Side
  terms: Terms
  cum: number
  pending?: Terms | undefined
  cancelling: boolean
  open: boolean
}
type Fill = Terms & { readonly account: string; readonly side: Side }
type Limits = { maxPosition?: number; maxOpenOrders?: number }

export const GROUPS: Readonly<Record<string, string>> = { A: "G", B: "G", C: "H" }
export const ACCOUNTS = Object.keys(GROUPS)
const SCOPES = [...ACCOUNTS, "G", "H", "firm"]
const membersOf = (scope: string) => ACCOUNTS.filter((account) => [account, GROUPS[account], "firm"].includes(scope))

const costOf = ({ quantity, price }: Terms): number => quantity * price * 10_000_000
const feeOf = ({ quantity, price }: Terms): number => quantity * price * 5_000
const sum = <T>(list: ReadonlyArray<T>, of: (one: T) => number): number =>
  list.reduce((total, one) => total + of(one), 0)

export class NaiveBooks {
  readonly movements: Array<{ readonly account: string; readonly amount: number }> = []
  readonly fills: Array<Fill> = []
  readonly orders: Array<NaiveOrder> = []
  readonly limits: Record<string, Limits> = Object.fromEntries(SCOPES.map((scope) => [scope, {}]))
  halted: ReadonlyArray<string> = []

  cash(account: string): number {
    const own = this.fills.filter((fill) => fill.account === account)
    const moved = sum(
      this.movements.filter((move) => move.account === account),
      ({ amount }) => amount
    )
    return moved + sum(own, (fill) => (fill.side === "buy" ? -costOf(fill) : costOf(fill)) - feeOf(fill))
  }
  units(account: string): number {
    const own = this.fills.filter((fill) => fill.account === account)
    return sum(own, ({ side, quantity }) => (side === "buy" ? quantity : -quantity))
  }
  open(account?: string, side?: Side): ReadonlyArray<NaiveOrder> {
    return this.orders.filter(
      (order) => order.open && (account ?? order.account) === order.account && (side ?? order.side) === order.side
    )
  }
  reservedCash(account: string, but?: NaiveOrder): number {
    const need = (terms: Terms) => costOf(terms) + feeOf(terms)
    const held = this.open(account, "buy").filter((order) => order !== but)
    return sum(held, (order) => Math.max(...formsOf(order).map(need)))
  }
  reservedUnits(account: string, but?: NaiveOrder): number {
    return sum(
      this.open(account, "sell").filter((order) => order !== but),
      exposedOf
    )
  }
  /** Position, open buys, open sells and open orders of an account, a group or the firm. */
  exposure(scope: string, but?: NaiveOrder): readonly [number, number, number, number] {
    const members = membersOf(scope)
    const open = this.open().filter((order) => members.includes(order.account) && order !== but)
    const of = (side: Side) =>
      sum(
        open.filter((order) => order.side === side),
        exposedOf
      )
    return [sum(members, (account) => this.units(account)), of("buy"), of("sell"), open.length]
  }

  /** By which of the checks that can fail here an order, or the new form of one, is denied. */
  failing(account: string, side: Side, terms: Terms, replaced?: NaiveOrder): ReadonlyArray<string> {
    const leaves = { ...terms, quantity: terms.quantity - (replaced?.cum ?? 0) }
    const scopes = [account, GROUPS[account]!, "firm"]
    const failed: Array<string> = []
    if (scopes.some((scope) => this.halted.includes(scope))) failed.push("HALTED")
    const free = this.cash(account) - this.reservedCash(account, replaced)
    if (side === "buy" && costOf(leaves) + feeOf(leaves) > free) failed.push("BUYING_POWER")
    const unsold = this.units(account) - this.reservedUnits(account, replaced)
    if (side === "sell" && leaves.quantity > unsold) failed.push("HOLDINGS")
    const overPosition = scopes.some((scope) => {
      const [position, buying, selling] = this.exposure(scope, replaced)
      const before = side === "buy" ? position + buying : position - selling
      const after = side === "buy" ? before + leaves.quantity : before - leaves.quantity
      return Math.abs(after) > (this.limits[scope]!.maxPosition ?? Infinity) && Math.abs(after) > Math.abs(before)
    })
    if (overPosition) failed.push("MAX_POSITION")
    const crowded = scopes.some(
      (scope) => this.exposure(scope)[3] + 1 > (this.limits[scope]!.maxOpenOrders ?? Infinity)
    )
    if (replaced === undefined && crowded) failed.push("MAX_OPEN_ORDERS")
    return failed
  }

  fill(order: NaiveOrder, quantity: number, price: number): void {
    this.fills.push({ account: order.account, side: order.side, quantity, price })
    order.cum += quantity
    this.close(order)
  }
  replaced(order: NaiveOrder): void {
    order.terms = order.pending!
    order.pending = undefined
    this.close(order)
  }
  /** Filled, and no change on its way that would open it again. */
  close(order: NaiveOrder): void {
    if (Math.max(order.terms.quantity, order.pending?.quantity ?? 0) <= order.cum) order.open = false
  }
}

/** What is open of an order, and of what a replace on its way would make of it. */
const formsOf = ({ terms, pending, cum }: NaiveOrder): ReadonlyArray<Terms> =>
  (pending === undefined ? [terms] : [terms, pending]).map((form) => ({
    ...form,
    quantity: Math.max(0, form.quantity - cum)
  }))
const exposedOf = (order: NaiveOrder): number => Math.max(...formsOf(order).map(({ quantity }) => quantity))
