import type { Request } from "#domain/account/commands.ts"
import { receivedAt } from "#domain/account/received.ts"
import type { State } from "#domain/account/state.ts"
import type { AccountId, GroupId, OrderId } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import { cashOf } from "#domain/ledger/balances.ts"
import type { CashMoveBody, MoveCash } from "#services/contract/accounts.ts"
import type { CancelAllBody, GroupBody, OrderBody } from "#services/contract/orders.ts"
import { created, ok, refused, type Answer, type Meta } from "#services/http/answer.ts"
import { riskTextOf } from "#projections/orders/orders.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { accountBody, orderBody, type OrderView } from "#services/desk/bodies.ts"
import type { Oms } from "./contract.ts"
import { entryRoutes } from "./entries-desk.ts"
import { newCommandId } from "#services/desk/command-id.ts"
import { inParts } from "#services/desk/in-parts.ts"
import type { OrderHistory } from "#services/desk/history.ts"
import { viewOf, type LiveOrders } from "#services/desk/live-orders.ts"
import { sender, type Problem } from "#services/desk/send.ts"
import { submission } from "#services/desk/submission.ts"

export type Desk = {
  readonly writer: AccountWriter
  readonly log: EventLog
  readonly live: LiveOrders
  readonly history: OrderHistory
  readonly clock: () => Time
}

const PAGE = 100
const READ_WAIT_MS = 5000

/** The routes of oms over the partition's writer: decoded requests become commands, recorded events become answers. */
export const makeDesk = ({ writer, log, live, history, clock }: Desk): Oms => {
  const { partition } = writer

  const send = sender(writer, log, clock)

  /** Waits until the stored view has an event; a problem when it does not get there, as just after a restart. */
  const reached = async (eventNo: number | undefined): Promise<Problem | undefined> => {
    if (eventNo === undefined || eventNo <= 0 || (await history.waitFor(eventNo, READ_WAIT_MS))) return undefined
    const detail = `the view has not reached ${partition}:${eventNo} yet`
    return refused(503, "NotReached", detail, { retryAfterSeconds: 1 })
  }
  const seenBy = (atLeast: string | undefined) => reached(eventNoOf(atLeast, partition))

  /** The order, or why it cannot be shown: a view that is behind does not know that there is none. */
  const find = async (id: OrderId): Promise<OrderView | Problem> => {
    const known = live.get(id)
    if (known !== undefined) return known
    const behind = await reached(writer.head().eventNo)
    const stored = await history.order(id)
    return stored ?? behind ?? refused(404, "UnknownOrder", `there is no order ${id}`)
  }

  /** Runs a command on an order that must exist; the answer is the order after it, with the decision on the command itself. */
  const onOrder = async (
    id: OrderId,
    clOrdId: string | undefined,
    meta: Meta,
    request: (account: AccountId) => Request
  ): Promise<Answer<OrderBody>> => {
    const before = await find(id)
    if ("problem" in before) return before
    const outcome = await send(request(before.row.account as AccountId), clOrdId, meta)
    if ("problem" in outcome) return outcome
    if (!outcome.repeat)
      return ok(orderBody(decidedBy(outcome.events, viewOf(outcome.events, before)!), outcome.partition))
    const now = await find(id)
    return ok(orderBody(decidedBy(outcome.events, "problem" in now ? before : now), partition))
  }

  const move = async (
    type: "Deposit" | "Withdraw",
    account: AccountId,
    input: MoveCash,
    meta: Meta
  ): Promise<Answer<CashMoveBody>> => {
    const { clOrdId, currency, amount, reference, effectiveAt } = input
    const optional = {
      ...(reference !== undefined && { reference }),
      ...(effectiveAt !== undefined && { effectiveAt })
    }
    const outcome = await send({ type, account, currency, amount, ...optional } as Request, clOrdId, meta)
    if ("problem" in outcome) return missing(outcome)
    const event = outcome.events[0]!
    const balance = await writer.look((state) => ({ ...cashOf(state.accounts.get(account)!.balances, currency) }))
    const body: CashMoveBody = {
      account,
      kind: type === "Deposit" ? "deposit" : "withdrawal",
      currency,
      amount: formatFixed(amount),
      clOrdId: event.cause,
      ...(reference !== undefined && { reference }),
      effectiveAt: event.effectiveAt,
      recordedAt: event.recordedAt,
      balance: {
        currency,
        total: formatFixed(balance.total),
        reserved: formatFixed(balance.reserved),
        available: formatFixed(balance.total - balance.reserved)
      },
      position: `${outcome.partition}:${event.eventNo}`
    }
    return outcome.repeat ? ok(body) : created(body)
  }

  return {
    openAccount: async ({ account, owner, group, type, currency, partition: asked = partition, ...rates }, meta) => {
      if (asked !== partition)
        return refused(422, "OtherPartition", `the account is to be in partition ${partition}`, {
          errors: [{ field: "partition", reason: `its group, or everything, is in partition ${partition}` }]
        })
      const terms = {
        account,
        owner,
        group: group ?? (owner as string as GroupId),
        accountType: type,
        currency,
        ...rates
      }
      const outcome = await send({ type: "OpenAccount", ...terms }, undefined, meta)
      if ("problem" in outcome) return outcome
      const body = await writer.look((state) => accountBody(state, state.accounts.get(account)!))
      return outcome.repeat ? ok(body) : created(body)
    },
    accounts: ({ after, limit = PAGE }) =>
      writer.look((state) => {
        const ids = [...state.accounts.keys()].toSorted().filter((id) => after === undefined || id > after)
        const items = ids.slice(0, limit).map((id) => accountBody(state, state.accounts.get(id)!))
        return ok({ items, ...(ids.length > limit && { next: ids[limit - 1]! }) })
      }),
    account: (id) =>
      writer.look((state: State) => {
        const account = state.accounts.get(id)
        return account === undefined
          ? refused(404, "UnknownAccount", `there is no account ${id}`)
          : ok(accountBody(state, account))
      }),
    deposit: (account, input, meta) => move("Deposit", account, input, meta),
    withdraw: (account, input, meta) => move("Withdraw", account, input, meta),
    ...entryRoutes(writer, send),
    submit: async ({ clOrdId, ...order }, meta) => {
      const outcome = await send(receivedAt(submission(order), clock()), clOrdId, meta)
      if ("problem" in outcome) return outcome
      const body = orderBody(viewOf(outcome.events)!, outcome.partition)
      return outcome.repeat ? ok(body) : created(body)
    },
    submitGroup: async ({ account, kind, orders, clOrdId }, meta) => {
      const legs = orders.map((leg) => submission({ account, ...leg }))
      const group = receivedAt({ type: "SubmitGroup", account, kind, orders: legs }, clock())
      const outcome = await send(group, clOrdId, meta)
      if ("problem" in outcome) return outcome
      const body = groupBody(outcome.events, outcome.partition)
      return outcome.repeat ? ok(body) : created(body)
    },
    order: async (id, { atLeast }) => {
      const behind = await seenBy(atLeast)
      if (behind !== undefined) return behind
      const view = await find(id)
      return "problem" in view ? view : ok(orderBody(view, partition))
    },
    orders: async ({ account, status = "all", symbol, after, limit = PAGE, atLeast }) => {
      const behind = (await seenBy(atLeast)) ?? (status === "all" ? await reached(writer.head().eventNo) : undefined)
      if (behind !== undefined) return behind
      const last = after === undefined ? undefined : await find(after as OrderId)
      if (last !== undefined && "problem" in last) return last.problem.status === 404 ? unknownAfter(after!) : last
      const page = (views: ReadonlyArray<OrderView>) => {
        const items = views.slice(0, limit).map((view) => orderBody(view, partition))
        return ok({ items, ...(views.length > limit && { next: items.at(-1)!.orderId as string }) })
      }
      const asked = { ...(account !== undefined && { account }), ...(symbol !== undefined && { symbol }) }
      if (status === "all")
        return page(await history.orders({ ...asked, ...(after !== undefined && { after }), limit: limit + 1 }))
      const from = after === undefined ? 0 : placedNo(after)
      const open = [...live.open()].filter(
        ({ row }) =>
          (account === undefined || row.account === account) &&
          (symbol === undefined || row.symbol === symbol) &&
          placedNo(row.orderId) > from
      )
      return page(open)
    },
    replace: (id, { clOrdId, ...changes }, meta) =>
      onOrder(id, clOrdId, meta, (account) => ({ type: "ReplaceOrder", account, orderId: id, ...changes }) as Request),
    cancel: (id, { clOrdId }, meta) =>
      onOrder(id, clOrdId, meta, (account) => ({ type: "CancelOrder", account, orderId: id })),
    cancelAll: async ({ account, symbol, clOrdId }, meta): Promise<Answer<CancelAllBody>> => {
      const request = { type: "CancelAll", account, ...(symbol !== undefined && { symbol }) } as const
      const asked = await inParts(clOrdId ?? newCommandId(microsOf(clock())), (id) => send(request, id, meta))
      return "problem" in asked ? asked : ok({ requested: asked.requested })
    }
  }
}

/** Taken for a beginning it would give the first page again, taken for an end it would hide the rest. */
const unknownAfter = (after: string) =>
  refused(422, "UnknownAfter", `there is no order ${after} to go on after`, {
    errors: [{ field: "after", reason: "no next of this list" }]
  })

/** An order with the decision on a change of it, in place of the one that the order stands by. */
const decidedBy = (events: ReadonlyArray<LedgerEvent>, view: OrderView): OrderView => {
  const decided = events.find((event) => event.type === "OrderRiskDecided" && event.data.orderId === view.row.orderId)
  if (decided?.type !== "OrderRiskDecided") return view
  return { ...view, row: { ...view.row, risk: riskTextOf(decided.data) } }
}

/** A group from the events of its commit. */
const groupBody = (events: ReadonlyArray<LedgerEvent>, partition: number): GroupBody => {
  const placed = events.find((event) => event.type === "GroupPlaced")!
  const ids = events.flatMap((event) => (event.type === "OrderPlaced" ? [event.data.orderId] : []))
  const orders = ids.map((id) => events.filter(({ data }) => "orderId" in data && data.orderId === id))
  const { groupId, clOrdId, kind } = placed.data
  return {
    groupId,
    clOrdId,
    kind,
    account: String(placed.account),
    orders: orders.map((own) => orderBody(viewOf(own)!, partition)),
    position: `${partition}:${placed.eventNo}`
  }
}

/** An account in the path that is not there is 404; in a body it is 422. */
const missing = (problem: Problem): Problem =>
  problem.problem.code === "UnknownAccount" ? { problem: { ...problem.problem, status: 404 } } : problem

/** The number in an order's id is that of the event that placed it. */
const placedNo = (orderId: string): number => Number(orderId.slice(orderId.indexOf("-") + 1))

/** Of `0:1042,1:7` the number of this partition. */
const eventNoOf = (position: string | undefined, partition: number): number | undefined => {
  const own = position?.split(",").find((part) => part.startsWith(`${partition}:`))
  return own === undefined ? undefined : Number(own.slice(own.indexOf(":") + 1))
}
