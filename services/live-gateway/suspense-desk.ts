import type { SuspendedBody } from "#services/contract/venue.ts"
import { unavailable } from "#services/desk/refusals.ts"
import { ok, refused } from "#services/http/answer.ts"
import type { VenueDesk } from "./contract.ts"
import type { ReportIntake } from "#services/session/report-intake.ts"
import type { Suspended } from "#services/session/suspense.ts"

const PAGE = 100

/** What live-gateway shows of a venue's reports in suspense, and how a person resolves one. */
export const suspenseDesk = (venue: string, intake: ReportIntake): Pick<VenueDesk, "suspense" | "resolve"> => ({
  suspense: async ({ after, limit = PAGE }) => {
    const { all } = intake.suspense
    const from = after === undefined ? 0 : all.findIndex(({ id }) => isAfter(id, after))
    const rest = from < 0 ? [] : all.slice(from)
    const items = rest.slice(0, limit).map((one) => suspendedBody(venue, one))
    return ok({ items, ...(rest.length > limit && { next: items.at(-1)!.id }) })
  },
  resolve: async (id, { action, note }, { actor }) => {
    try {
      const found = intake.suspense.get(id)
      if (found === undefined) return refused(404, "UnknownReport", `there is no report ${id} in suspense`)
      if (action === "dismiss") {
        await intake.suspense.resolve(id, "dismissed", actor, note)
        return ok({ id, resolution: "dismissed" as const })
      }
      const outcome = await intake.retry(id, actor, note)
      if (outcome === "recorded") return ok({ id, resolution: "recorded" as const })
      return refused(409, "StillSuspended", outcome?.reason ?? "somebody else has just resolved it")
    } catch (error) {
      return unavailable(error)
    }
  }
})

/** Ids rise with what came: message, then place in it. */
const isAfter = (id: string, than: string): boolean => {
  const [message, place] = numbers(id)
  const [otherMessage, otherPlace] = numbers(than)
  return message > otherMessage || (message === otherMessage && place > otherPlace)
}
const numbers = (id: string) => id.split(".").map(Number) as [number, number]

const suspendedBody = (venue: string, { id, receivedAt, reason, bytes, position }: Suspended): SuspendedBody => {
  const text = Buffer.from(bytes).toString("utf8")
  const isText = Buffer.from(text, "utf8").equals(bytes)
  return {
    id,
    venue,
    receivedAt,
    reason,
    raw: isText ? text : Buffer.from(bytes).toString("base64"),
    encoding: isText ? "text" : "base64",
    ...(position !== undefined && { position })
  }
}
