// How a small fault is wrapped around the real decider.
import { Result } from "effect"
import type { Command } from "#domain/account/commands.ts"
import { accountDecider } from "#domain/account/decider.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Account, State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"

export type Decider = ReturnType<typeof accountDecider>
export type Facts = ReadonlyArray<AccountEvent>
export type Event = Recorded<AccountEvent>
export type Of<T extends AccountEvent["type"]> = Extract<Event, { type: T }>

export const real = accountDecider(0)

/** Changes the facts that a command led to. */
export const deciding = (change: (facts: Facts, command: Command, state: State) => Facts): Decider => ({
  ...real,
  decide: (command, state) => Result.map(real.decide(command, state), (facts) => change(facts, command, state))
})
/** Changes the data of facts of one type. */
export const telling = <T extends AccountEvent["type"]>(type: T, change: (data: Of<T>["data"]) => object): Decider =>
  deciding((facts) =>
    facts.map((fact) =>
      fact.type === type
        ? ({ ...fact, data: { ...fact.data, ...change(fact.data as Of<T>["data"]) } } as AccountEvent)
        : fact
    )
  )
/** Lets commands see another state, or sees another command. */
export const seeing = (change: (command: Command, state: State) => readonly [Command, State]): Decider => ({
  ...real,
  decide: (command, state) => real.decide(...change(command, state))
})

export type Around = {
  readonly state: State
  readonly account: Account
  readonly order: OpenOrder | undefined
  readonly before: OpenOrder | undefined
}
/** Tampers with the state after an event of one of these types was folded; `before` is the order as it was. */
export const folding = (
  types: ReadonlyArray<AccountEvent["type"]>,
  tamper: (around: Around, event: Event) => void
): Decider => ({
  ...real,
  evolve: (state, event) => {
    const find = () => ("orderId" in event.data ? state.orders.get(event.data.orderId) : undefined)
    const known = find()
    const before = known && { ...known }
    const next = real.evolve(state, event)
    const account = event.account === undefined ? undefined : next.accounts.get(event.account)
    if (types.includes(event.type) && account !== undefined)
      tamper({ state: next, account, order: find(), before }, event)
    return next
  }
})
/** Folds another event than was recorded. */
export const misreading = <T extends AccountEvent["type"]>(
  type: T,
  change: (data: Of<T>["data"]) => object
): Decider => ({
  ...real,
  evolve: (state, event) =>
    real.evolve(
      state,
      event.type === type
        ? ({ ...event, data: { ...event.data, ...change(event.data as Of<T>["data"]) } } as Event)
        : event
    )
})
