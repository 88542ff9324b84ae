import { Result } from "effect"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { Command, Request } from "./commands.ts"
import { repeated } from "./decide-again.ts"
import { suspended } from "./decide-reports.ts"
import { refused, type Decided } from "./refused.ts"
import type { Away, State } from "./state.ts"

/** An account that is not here: what it was answered while it was is still known. */
export const decideAway = (command: Command, id: AccountId, state: State): Decided => {
  const { request } = command
  const away = state.away.get(id)
  if (away === undefined) return refused("UnknownAccount", `there is no account ${id}`, "account")
  const again = repeated(command, away.no, state)
  if (again !== undefined && Result.isSuccess(again)) return again
  // a fact cannot be refused, and here is nobody that it could be booked to
  if (request.type === "VenueReported") return Result.succeed([suspended(request.report, `${id} has moved away`)])
  return movedAway(id, away, state)
}

const movedAway = (id: string, { group: of, partition }: Away, { transit }: State): Decided => {
  const isMoving = [...transit.groups.values()].some(({ group }) => group === of)
  if (isMoving)
    return Result.fail({ code: "Moving", detail: `${id} is on its way to partition ${partition}`, partition })
  return Result.fail({ code: "MovedAway", detail: `${id} is in partition ${partition}`, partition })
}

/** Of what concerns an account or group that has left: nobody of its name may come up here meanwhile. */
export const awayProblem = (request: Request, state: State): Decided | undefined => {
  const [account, group] = namedBy(request)
  if (account !== undefined) {
    const away = state.away.get(account as AccountId)
    if (away !== undefined) return movedAway(account, away, state)
  }
  if (group === undefined) return undefined
  for (const away of state.away.values()) if (away.group === group) return movedAway(group, away, state)
  return undefined
}
const namedBy = (request: Request): readonly [account: string | undefined, group: string | undefined] => {
  switch (request.type) {
    case "OpenAccount":
      return [request.account, request.group]
    case "SetLimits":
    case "Halt":
    case "Kill":
      return [
        request.scope === "account" ? request.scopeId : undefined,
        request.scope === "group" ? request.scopeId : undefined
      ]
    case "AllotLimit":
      return [undefined, request.group]
    default:
      return NOBODY
  }
}
const NOBODY = [undefined, undefined] as const
