import { placedBy } from "#streams/account-directory.ts"
import { describe, expect, it } from "vitest"
import { accountDecider } from "#domain/account/decider.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import { Views } from "#services/desk/views.ts"
import { viewsBytes, viewsOfBytes } from "#services/desk/views-bytes.ts"
import { simulate } from "#services/simulation/run.ts"

type Commits = ReadonlyArray<ReadonlyArray<LedgerEvent>>
const commitsOf = (seed: number): Commits => {
  const commits: Array<ReadonlyArray<LedgerEvent>> = []
  simulate({ seed, steps: 800, auditEvery: 800, onTaken: (_, events) => void commits.push(events) })
  return commits.filter((events) => events.length > 0)
}
/** Reads commits as a start does, and tells after each how things stand. */
const replay = (views: Views, commits: Commits, before: Commits = []) => {
  const decider = accountDecider(0)
  let state = decider.initial()
  for (const events of before) for (const event of events) state = decider.evolve(state, event)
  for (const events of commits) {
    for (const event of events) state = decider.evolve(state, event)
    views.replayed(events, state)
  }
  return views
}
const shown = ({ orders, pnl }: Views) => ({
  open: [...orders.open()].toSorted((a, b) => (a.row.orderId < b.row.orderId ? -1 : 1)),
  finished: [...orders.finished()].toSorted((a, b) => (a.row.orderId < b.row.orderId ? -1 : 1)),
  pnl: ["A1", "B1", "M1"].map((account) => pnl.of(account as AccountId)),
  held: pnl.held()
})

describe("what is folded for those who ask", () => {
  it.each([1, 2, 3])("is the same by a replay as it was live (seed %i)", (seed) => {
    const commits = commitsOf(seed)
    const live = new Views()
    for (const events of commits) for (const event of events) live.apply(event)
    const replayed = replay(new Views(), commits)
    expect(shown(replayed)).toEqual(shown(live))
    expect(shown(replayed).open.length).toBeGreaterThan(0)
    expect(shown(replayed).finished.length).toBeGreaterThan(9)
  })

  it.each([4, 5])("goes on from its bytes as if all had been read (seed %i)", (seed) => {
    const commits = commitsOf(seed)
    const whole = replay(new Views(), commits)
    for (const cut of [0, 50, Math.floor(commits.length / 2), commits.length]) {
      const [before, after] = [commits.slice(0, cut), commits.slice(cut)]
      const bytes = viewsBytes(replay(new Views(), before))
      const opened: Array<string> = []
      const restored = viewsOfBytes(bytes, ({ account }) => void opened.push(account))
      expect(Buffer.compare(viewsBytes(restored), bytes)).toBe(0)
      replay(restored, after, before)
      expect(Buffer.compare(viewsBytes(restored), viewsBytes(whole))).toBe(0)
      expect(opened).toEqual(
        after
          .flat()
          .flatMap(placedBy)
          .map(({ account }) => account)
      )
    }
  })

  it("knows how far sessions came", () => {
    const views = new Views()
    const session = "0123456789abcdefghi"
    const [first] = commitsOf(1)[0]!
    views.sessionMarks.note(`${session}:42`)
    views.apply(first!)
    expect(viewsOfBytes(viewsBytes(views)).sessionMarks.get(session as never)).toBe(42)
  })
})
