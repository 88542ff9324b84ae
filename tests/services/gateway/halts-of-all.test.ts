import { describe, expect, it } from "vitest"
import type { Outcome } from "#services/gateway/forward-all.ts"
import type { Forwarded } from "#services/gateway/forwarded.ts"
import { haltsOfAll } from "#services/gateway/halts-of-all.ts"
import { compareHalts } from "#services/desk/halt-order.ts"

const HALTS: Readonly<Record<number, ReadonlyArray<string>>> = {
  0: ["halt-0-9", "halt-0-10", "halt-0-101"],
  1: ["halt-1-2", "halt-1-30"],
  2: []
}
/** Each partition's list as its own writer pages it. */
const listOf = async ({ path }: Forwarded): Promise<Outcome> => {
  const { searchParams } = new URL(path, "http://x")
  const [after, limit] = [searchParams.get("after"), Number(searchParams.get("limit") ?? 100)]
  const all = HALTS[Number(searchParams.get("partition"))]!.filter(
    (id) => after === null || compareHalts(id, after) > 0
  )
  const items = all.slice(0, limit).map((haltId) => ({ haltId }))
  const body = JSON.stringify({ items, ...(all.length > limit && { next: items.at(-1)!.haltId }) })
  return { status: 200, contentType: "application/json", body }
}
const asked = (path: string, method = "GET"): Forwarded => ({ method, path, headers: {}, body: undefined })
const bodyOf = (outcome: Outcome) => ("problem" in outcome ? outcome.problem : JSON.parse(outcome.body)) as Page
type Page = { readonly items: ReadonlyArray<{ readonly haltId: string }>; readonly next?: string }
const ids = ({ items }: Page) => items.map(({ haltId }) => haltId)

describe("the halts of several partitions", () => {
  const list = haltsOfAll(listOf, async () => [0, 1, 2])
  it("are one list", async () => {
    const page = bodyOf(await list(asked("/risk/halts")))
    expect(ids(page)).toEqual(Object.values(HALTS).flat())
    expect(page.next).toBeUndefined()
  })
  it.each([1, 2, 3, 4])("come once each, and all, in pages of %d", async (limit) => {
    const seen: Array<string> = []
    for (let after = ""; ;) {
      const page = bodyOf(await list(asked(`/risk/halts?limit=${limit}${after}`)))
      seen.push(...ids(page))
      if (page.next === undefined) break
      after = `&after=${page.next}`
    }
    expect(seen).toEqual(Object.values(HALTS).flat())
  })
  it("are those of one that is named, and no list where one does not answer", async () => {
    expect(ids(bodyOf(await list(asked("/risk/halts?partition=1"))))).toEqual(HALTS[1])
    const away: Outcome = {
      status: 503,
      contentType: "application/json",
      body: JSON.stringify({ code: "NotTheWriter" })
    }
    const broken = haltsOfAll(
      async (one) => (one.path.includes("partition=1") ? away : listOf(one)),
      async () => [0, 1]
    )
    expect(await broken(asked("/risk/halts"))).toEqual(away)
    const unknown = haltsOfAll(listOf, () => Promise.reject(new Error("no ledger")))
    expect(bodyOf(await unknown(asked("/risk/halts")))).toMatchObject({ status: 503 })
  })
})
