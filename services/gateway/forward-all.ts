import { type Refused, refused } from "#services/http/answer.ts"
import type { Passed } from "./forward.ts"
import { fieldsOf, type Forwarded, pathOf, withField } from "./forwarded.ts"

export type Outcome = Passed | { readonly problem: Refused }
export type Forward = (asked: Forwarded) => Promise<Outcome>
type Fields = Readonly<Record<string, unknown>>

/**
 * Halts and kills of the firm or of a symbol concern every partition: all are asked, and the answer comes when all have
 * recorded it. Their ids and positions stand together with commas between, and a halt is lifted by all of them.
 */
export const forwardToAll =
  (forward: Forward, partitions: () => Promise<ReadonlyArray<number>>): Forward =>
  async (asked) => {
    const parts = await partsOf(asked, partitions).catch(() => undefined)
    if (parts === undefined) return PARTITIONS_UNKNOWN
    if (parts.length < 2) return forward(parts[0] ?? asked)
    const outcomes = await Promise.all(parts.map(forward))
    const done = outcomes.filter(isDone)
    if (done.length === parts.length) return together(done)
    const failed = outcomes.find((outcome) => !isDone(outcome))!
    if (done.length === 0) return failed
    const where = done.map(({ body }) => String((JSON.parse(body) as Fields)["position"])).join()
    return refused(503, "OutcomeUnknown", `it is recorded at ${where}, and not in every partition: send it again`)
  }

/** Nothing is asked of some while there may be others. */
export const PARTITIONS_UNKNOWN = refused(
  503,
  "NotTheWriter",
  "which partitions there are is not known right now: nothing was recorded"
)

export const isDone = (outcome: Outcome): outcome is Passed => !("problem" in outcome) && outcome.status < 300

/** The same request for each partition; none where it concerns one only, or the ledger has no other. */
const partsOf = async (
  asked: Forwarded,
  partitions: () => Promise<ReadonlyArray<number>>
): Promise<ReadonlyArray<Forwarded>> => {
  const { pathname } = pathOf(asked)
  const [, ids] = /^\/risk\/halts\/(.+)$/u.exec(pathname) ?? []
  if (asked.method === "DELETE" && ids !== undefined)
    return decodeURIComponent(ids)
      .split(",")
      .map((id) => ({ ...asked, path: `/risk/halts/${encodeURIComponent(id)}` }))
  if (asked.method !== "POST" || (pathname !== "/risk/halts" && pathname !== "/risk/kill")) return []
  const { scope, partition } = fieldsOf(asked.body)
  if ((scope !== "firm" && scope !== "symbol") || partition !== undefined) return []
  const all = await partitions()
  return all.length < 2 ? [] : all.map((one) => ({ ...asked, body: withField(asked.body, "partition", String(one)) }))
}

/** One answer of several: what is counted is added up, what is listed stands in one list. */
const together = (done: ReadonlyArray<Passed>): Passed => {
  const bodies = done.map(({ body }) => JSON.parse(body) as Fields)
  const all: Record<string, unknown> = { ...bodies[0] }
  for (const [name, value] of Object.entries(all)) {
    const values = bodies.map((body) => body[name])
    if (name === "haltId" || name === "position") all[name] = values.join()
    else if (typeof value === "number") all[name] = values.reduce((sum: number, one) => sum + Number(one), 0)
    else if (Array.isArray(value)) all[name] = values.flat()
  }
  return { ...done[0]!, body: JSON.stringify(all) }
}
