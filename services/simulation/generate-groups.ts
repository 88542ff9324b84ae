import type { Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { groupReaction, type GroupCommand } from "#domain/account/group-reaction.ts"
import type { State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Draw } from "./draw.ts"
import type { Orders, Submit } from "./generate-orders.ts"

/** Draws groups, and asks what is due in them: mostly when something has happened, sometimes late, or twice. */
export class Groups {
  readonly #draw: Draw
  readonly #orders: Orders
  #state: State | undefined
  readonly #reaction = groupReaction(
    0,
    (id: OrderId) => this.#state?.orders.get(id) ?? this.#state?.finished.find(id),
    () => this.#state
  )
  #due: Array<GroupCommand> = []
  constructor(draw: Draw, orders: Orders) {
    this.#draw = draw
    this.#orders = orders
  }

  hear(state: State, events: ReadonlyArray<Recorded<AccountEvent>>): void {
    if (state.contingencies.size === 0 && this.#due.length === 0) return
    this.#state = state
    for (const event of events) this.#due.push(...this.#reaction.react(event))
  }
  /** What is to be asked now, if anything. */
  due(): GroupCommand | undefined {
    if (this.#due.length === 0 || this.#draw.below(8) === 0) return undefined
    const isAgain = this.#draw.below(10) === 0
    return isAgain ? this.#due[0] : this.#due.shift()
  }

  submit(account: AccountId, symbols: ReadonlyArray<Symbol>, at: Time): Request {
    const kind = this.#draw.one(["OCO", "OUO", "OTO", "bracket"] as const)
    const symbol = this.#draw.one(symbols)
    const first = this.#leg(account, symbol, at)
    const isWrong = this.#draw.below(30) === 0
    const other = this.#draw.below(6) === 0 ? this.#draw.one(symbols) : symbol
    const back = first.side === "buy" ? "sell" : "buy"
    switch (kind) {
      case "OCO": {
        const second = this.#leg(account, other, at)
        const orders = [first, this.#draw.below(6) === 0 ? second : { ...second, side: first.side }]
        return { type: "SubmitGroup", account, kind, orders }
      }
      case "OUO": {
        const { quantity, side } = first
        const size = isWrong ? this.#orders.quantity() : quantity
        const rest = [1, ...(this.#draw.below(4) === 0 ? [2] : [])].map(() => this.#leg(account, symbol, at))
        return {
          type: "SubmitGroup",
          account,
          kind,
          orders: [first, ...rest.map((leg) => ({ ...leg, quantity: size, side }))]
        }
      }
      case "OTO": {
        const rest = Array.from({ length: 1 + this.#draw.below(3) }, () => this.#leg(account, other, at))
        const isBack = this.#draw.below(3) > 0
        return {
          type: "SubmitGroup",
          account,
          kind,
          orders: [first, ...rest.map((leg) => (isBack ? { ...leg, side: back } : leg))]
        } as Request
      }
      case "bracket": {
        const legs = [0, 1].map(() => this.#leg(account, symbol, at))
        const size = this.#draw.below(3) > 0 ? { quantity: first.quantity } : {}
        return {
          type: "SubmitGroup",
          account,
          kind,
          orders: [first, ...legs.map((leg) => ({ ...leg, side: isWrong ? first.side : back, ...size }))]
        } as Request
      }
    }
  }
  #leg(account: AccountId, symbol: Symbol, at: Time): Submit {
    return this.#orders.submit(
      account,
      symbol,
      at,
      this.#draw.one(["limit", "limit", "limit", "stop", "stop-limit", "market-if-touched", "trailing-stop"] as const)
    )
  }
}
