import { monitorReaction, type MonitorCommand } from "#domain/account/monitor-reaction.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { OrderId } from "#domain/kernel/ids.ts"
import type { Draw } from "./draw.ts"

/** Asks what monitors would ask: mostly when something has happened, sometimes late, or twice. */
export class Monitors {
  readonly #draw: Draw
  #state: State | undefined
  readonly #reaction = monitorReaction(
    0,
    () => this.#state,
    (id: OrderId) => this.#state?.orders.get(id) ?? this.#state?.finished.find(id)
  )
  #due: Array<MonitorCommand> = []
  constructor(draw: Draw) {
    this.#draw = draw
  }

  hear(state: State, events: ReadonlyArray<Recorded<AccountEvent>>): void {
    this.#state = state
    for (const event of events) this.#due.push(...this.#reaction.react(event))
  }
  due(): MonitorCommand | undefined {
    if (this.#due.length === 0 || this.#draw.below(6) === 0) return undefined
    return this.#draw.below(10) === 0 ? this.#due[0] : this.#due.shift()
  }
}
