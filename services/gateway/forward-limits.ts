import { Result } from "effect"
import { type Forward, PARTITIONS_UNKNOWN } from "./forward-all.ts"
import { fieldsOf, type Forwarded, pathOf } from "./forwarded.ts"
import { answerOfAll, levelsOf } from "./level-of-all.ts"
import { setInAll, type Ways } from "./set-in-all.ts"

/**
 * Limits of the firm and of symbols are those of all partitions together: they are asked of each, and a change is divided
 * among them ({@link setInAll}), one change after another. Everything else is forwarded as it came.
 */
export const forwardLimits = (ways: Ways): Forward => {
  const { forward, partitions } = ways
  const concerned: Forward = async (asked) => {
    const all = await partitions().catch(() => undefined)
    if (all === undefined) return PARTITIONS_UNKNOWN
    if (all.length < 2) return forward(asked)
    if (asked.method === "PUT") return setInAll(ways, asked, all)
    const levels = await levelsOf(forward, asked, all)
    return Result.isFailure(levels) ? levels.failure : answerOfAll(levels.success)
  }
  let turn: Promise<unknown> = Promise.resolve()
  return async (asked) => {
    if (!concernsAll(asked)) return forward(asked)
    if (asked.method === "GET") return concerned(asked)
    const change = turn.then(() => concerned(asked))
    turn = change.catch(() => {})
    return change
  }
}

const concernsAll = (asked: Forwarded): boolean => {
  const { pathname, searchParams } = pathOf(asked)
  if (asked.method === "GET")
    return /^\/risk\/limits\/(?:firm|symbol)\/[^/]+$/u.test(pathname) && !searchParams.has("partition")
  if (asked.method !== "PUT" || pathname !== "/risk/limits") return false
  const { scope, partition } = fieldsOf(asked.body)
  return (scope === "firm" || scope === "symbol") && partition === undefined
}
