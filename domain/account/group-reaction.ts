import type { OrderId } from "#domain/kernel/ids.ts"
import type { Reaction } from "#domain/kernel/shapes.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import type { CommandHead, WorkGroup } from "./commands.ts"
import type { AccountEvent } from "./events.ts"
import type { State } from "./state.ts"

/** A command of ours with its id. */
export type GroupCommand = CommandHead & { readonly request: WorkGroup }

/** After any of these something may be due in the order's group. */
const MOVES = new Set<AccountEvent["type"]>([
  "OrderFilled",
  "ExecutionBusted",
  "ExecutionCorrected",
  "OrderReplaced",
  "OrderRestated",
  "ReplaceRejected",
  "CancelRejected",
  "OrderCanceled",
  "HeldOrderCanceled",
  "OrderRejected",
  "OrderExpired",
  "OrderDoneForDay"
])

/** What risk has denied for one of these may pass after them: a change that is due in a group is asked for again. */
const LETS_PASS = new Set<AccountEvent["type"]>(["TradingResumed", "LimitsSet"])

/**
 * What happens to one order of a group asks what is due in the group; `find` gives an order, open or lately over, `look`
 * the state of now.
 */
export const groupReaction = (
  partition: number,
  find: (orderId: OrderId) => OpenOrder | undefined,
  look: () => State | undefined
): Reaction<AccountEvent, GroupCommand> => ({
  name: "groups",
  react: ({ type, data, eventNo }) => {
    if (LETS_PASS.has(type)) return everyGroup(look(), `:${partition}-${eventNo}`)
    if (!("orderId" in data)) return []
    // what was let go or changed holds back now: the next of its group can be judged
    const isApproved = type === "OrderRiskDecided" && "decision" in data && data.decision === "approved"
    if (!isApproved && !MOVES.has(type)) return []
    const order = find(data.orderId)
    return order?.groupId === undefined ? [] : [ask(order.account, order.groupId, `${partition}-${eventNo}`)]
  }
})

/** Asked again for every group after a restart: what had been due may not have been done. */
export const groupsAfterRestart = (state: State): ReadonlyArray<GroupCommand> => everyGroup(state, `:${state.eventNo}`)

const everyGroup = (state: State | undefined, name: string): ReadonlyArray<GroupCommand> =>
  state === undefined
    ? []
    : [...state.contingencies.values()].flatMap(({ groupId, members }) => {
        const order = members.map(({ orderId }) => state.orders.get(orderId)).find((one) => one !== undefined)
        return order === undefined ? [] : [ask(order.account, groupId, `${groupId}${name}`)]
      })

const ask = (account: WorkGroup["account"], groupId: string, name: string): GroupCommand => ({
  id: `group:${name}`,
  actor: "system",
  request: { type: "WorkGroup", account, groupId }
})
