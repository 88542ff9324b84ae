import type { Result } from "effect"
import type { Recorded, Fact } from "./event.ts"

/** Why a command was not decided: nothing was recorded. `field` names the input that is at fault, where there is one. */
export type Refusal = { readonly code: string; readonly detail: string; readonly field?: string } & {
  /** where who is asked for is, when that is another partition */
  readonly partition?: number
}

/**
 * A command and a state give facts; a fact and a state give the next state.
 * Three answers to a command: facts, none (it was answered before), or a named refusal.
 * State belongs to the loop that evolves it: `evolve` may write into it, `decide` never does.
 */
export type Decider<Command, State, Event extends Fact> = {
  readonly initial: () => State
  readonly decide: (command: Command, state: State) => Result.Result<ReadonlyArray<Event>, Refusal>
  readonly evolve: (state: State, event: Recorded<Event>) => State
}

/** A fact gives commands: how the ledger and the outside talk, never by calling each other. */
export type Reaction<Event extends Fact, Command> = {
  readonly name: string
  readonly react: (event: Recorded<Event>) => ReadonlyArray<Command>
}
