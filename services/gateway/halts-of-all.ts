import { compareHalts } from "#services/desk/halt-order.ts"
import type { Page } from "#services/contract/fields.ts"
import type { HaltBody } from "#services/contract/limits.ts"
import { type Forward, isDone, type Outcome, PARTITIONS_UNKNOWN } from "./forward-all.ts"
import type { Passed } from "./forward.ts"
import { type Forwarded, pathOf } from "./forwarded.ts"

/** The list of halts is that of all partitions, in pages as each of them gives it; without one of them there is none. */
export const haltsOfAll =
  (forward: Forward, partitions: () => Promise<ReadonlyArray<number>>): Forward =>
  async (asked) => {
    const url = pathOf(asked)
    if (asked.method !== "GET" || url.pathname !== "/risk/halts" || url.searchParams.has("partition"))
      return forward(asked)
    const all = await partitions().catch(() => undefined)
    if (all === undefined) return PARTITIONS_UNKNOWN
    if (all.length < 2) return forward(asked)
    const outcomes = await Promise.all(all.map((partition) => forward(inPartition(asked, partition))))
    const done = outcomes.filter(isDone)
    return done.length < all.length ? outcomes.find((outcome: Outcome) => !isDone(outcome))! : together(done, url)
  }

const inPartition = (asked: Forwarded, partition: number): Forwarded => {
  const url = pathOf(asked)
  url.searchParams.set("partition", String(partition))
  return { ...asked, path: `${url.pathname}${url.search}` }
}

const together = (pages: ReadonlyArray<Passed>, url: URL): Passed => {
  const found = pages.map(({ body }) => JSON.parse(body) as Page<HaltBody>)
  const halts = found.flatMap(({ items }) => items).toSorted((a, b) => compareHalts(a.haltId, b.haltId))
  const items = halts.slice(0, Number(url.searchParams.get("limit") ?? 100))
  const hasMore = halts.length > items.length || found.some(({ next }) => next !== undefined)
  const page: Page<HaltBody> = { items, ...(hasMore && items.length > 0 && { next: items.at(-1)!.haltId }) }
  return { ...pages[0]!, body: JSON.stringify(page) }
}
