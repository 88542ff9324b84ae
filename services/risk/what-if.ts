import { Result } from "effect"
import type { MarketSeen, Request } from "#domain/account/commands.ts"
import { accountDecider } from "#domain/account/decider.ts"
import type { State } from "#domain/account/state.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { laterOf, microsOf, type Time } from "#domain/kernel/time.ts"
import type { RiskAnswer } from "#services/contract/limits.ts"
import type { NewOrder } from "#services/contract/orders.ts"
import { checkBody } from "#services/desk/bodies.ts"
import { newCommandId } from "#services/desk/command-id.ts"
import { problemOf } from "#services/desk/refusals.ts"
import { ok, refused, type Answer } from "#services/http/answer.ts"

export type Market = { readonly seen: (symbol: Symbol) => MarketSeen | undefined; readonly clock: () => Time }

/**
 * What an order would get right now: the writer's own decider is asked, with the time and the market that the writer would
 * attach, and what it says is not recorded.
 */
export const whatIf =
  (partition: number, { seen, clock }: Market) =>
  (state: State, input: NewOrder): Answer<RiskAnswer> => {
    const { type: orderType, clOrdId, timeInForce = orderType === "market" ? "IOC" : "GTC", ...order } = input
    const request = { type: "SubmitOrder", orderType, timeInForce, ...order } as Request
    const at = laterOf(clock(), state.recordedAt)
    const market = seen(input.symbol)
    const id = clOrdId ?? newCommandId(microsOf(at))
    const command = { id, actor: "what-if", request, at, ...(market !== undefined && { seen: market }) }
    const decided = accountDecider(partition).decide(command, state)
    if (Result.isFailure(decided)) return problemOf(decided.failure)
    const decision = decided.success.find((fact) => fact.type === "OrderRiskDecided")
    if (decision === undefined) return refused(409, "ClOrdIdAnswered", "an order of this clOrdId was placed already")
    const { checks, rules, price, priceSource, priceAgeMicros } = decision.data
    const basis = {
      ...(price !== undefined && { price: formatFixed(price) }),
      ...(priceSource !== undefined && { priceSource }),
      ...(priceAgeMicros !== undefined && { priceAgeMicros })
    }
    return ok({
      decision: decision.data.decision,
      checks: checks.read(rules).map((check) => checkBody(check, basis, partition)),
      ...(price !== undefined && { price: formatFixed(price) }),
      ...(priceSource !== undefined && { priceSource }),
      ...(priceAgeMicros !== undefined && { priceAge: priceAgeMicros / 1e6 }),
      position: `${partition}:${state.eventNo}`
    })
  }
