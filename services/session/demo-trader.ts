import type { AccountId } from "#domain/kernel/ids.ts"
import type { OrderView } from "#services/desk/bodies.ts"
import type { Trader } from "./trader.ts"
export const demoTrader = (_account: AccountId, _seed: number): Trader & { restore: (view: OrderView) => void } => ({ market: () => [], event: () => [], restore: () => {} })
