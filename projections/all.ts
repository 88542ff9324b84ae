import { balances } from "./balances/balances.ts"
import { events } from "./events/events.ts"
import { executions } from "./executions/executions.ts"
import { marks } from "./marks/marks.ts"
import { orders } from "./orders/orders.ts"
import { positions } from "./positions/positions.ts"
import type { Projection } from "./projection.ts"

/** Every read model that is kept in the store. */
export const PROJECTIONS: ReadonlyArray<Projection> = [
  orders,
  executions,
  positions,
  balances,
  marks,
  events
] as unknown as ReadonlyArray<Projection>
