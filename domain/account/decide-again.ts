import { Result } from "effect"
import { repeatOf } from "./answered.ts"
import type { Command } from "./commands.ts"
import { refused, type Decided } from "./refused.ts"
import type { State } from "./state.ts"

/** What to say of a command that is not new. */
export const repeated = (command: Command, owner: number, state: State): Decided | undefined => {
  const repeat = repeatOf(state.answered, owner, command.id, command.request, command.at)
  if (repeat === "other-content") return refused("ClOrdIdReused", "clOrdId was used for another command", "clOrdId")
  if (repeat === "too-old")
    return refused("CommandTooOld", "clOrdId is older than what is remembered: it may have been answered", "clOrdId")
  if (repeat === "too-far-ahead") return refused("CommandTooNew", "clOrdId's time is over 60 s ahead", "clOrdId")
  return repeat === "new" ? undefined : Result.succeed([])
}
