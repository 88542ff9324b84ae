import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import type { AccountEvent } from "#domain/account/events.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryRows } from "#infra/memory/row-store.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { sealCommit, EMPTY_CHAIN } from "#streams/commit.ts"
import { contentHash } from "#streams/content-hash.ts"
import { CannotFold } from "#streams/fold.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { OtherLedger, project, type ProjectOptions, type ProjectorStatus } from "#streams/project.ts"
import { eventsOf, storyLog } from "#tests/projections/story.ts"

type Options = Partial<ProjectOptions<AccountEvent>> & Pick<ProjectOptions<AccountEvent>, "log" | "store">
const start = (options: Options) =>
  project<AccountEvent>({ partition: 0, codec: ledgerCodec, projections: PROJECTIONS, until: "head", ...options })

const hashesOf = async (store: RowStore) => {
  const hashes: Record<string, string> = {}
  for (const table of PROJECTIONS) hashes[table.name] = (await contentHash(table, store.rows(table))).hash
  return hashes
}
const freshHashes = async (log: EventLog) => {
  const fresh = freshRows(PROJECTIONS)
  for (const { event, place } of await eventsOf(log)) fresh.fold(0, event, place)
  return Object.fromEntries(fresh.hashes().map(({ table, hash }) => [table.name, hash]))
}

const stops: Array<AbortController> = []
const stopper = () => {
  const stop = new AbortController()
  stops.push(stop)
  return stop
}
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort()
})

describe("project", () => {
  it("fills a store with what a fresh fold gives, up to the log's head", async () => {
    const { log } = await storyLog({ seed: 1, steps: 600, together: 5 })
    const store = memoryRows()
    const head = (await log.head(0))!
    const end = await start({ log, store }).ended
    expect(end).toEqual({ eventNo: (await eventsOf(log)).length, commitNo: head.no, hash: head.hash })
    expect(await hashesOf(store)).toEqual(await freshHashes(log))
    for (const table of PROJECTIONS) expect((await store.positions(table)).get(0)).toEqual(end)
  })

  it("gives the same rows whatever the batches, with next to no memory, and after any crash between rows and position", async () => {
    const { log } = await storyLog({ seed: 2, steps: 300, together: 2 })
    const expected = await freshHashes(log)
    const run = fc.record({
      rows: fc.integer({ min: 1, max: 60 }),
      rowsInMemory: fc.integer({ min: 0, max: 30 }),
      diesAt: fc.integer({ min: 1, max: 12 })
    })
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 6 }), async (runs) => {
        const store = memoryRows()
        for (const { rows, rowsInMemory, diesAt } of runs) {
          const stop = stopper()
          const dying = diesAfterRows(store, diesAt, stop)
          await start({ log, store: dying, batch: { rows, waitMs: 1_000 }, rowsInMemory, signal: stop.signal }).ended
        }
        await start({ log, store, batch: { rows: 50, waitMs: 1_000 }, rowsInMemory: 3 }).ended
        expect(await hashesOf(store)).toEqual(expected)
      }),
      { numRuns: 12 }
    )
  })

  it("lets a projection that is new catch up with the others, which stay as they are", async () => {
    const { log } = await storyLog({ seed: 3, steps: 200 })
    const store = memoryRows()
    await start({ log, store, projections: PROJECTIONS.slice(0, 2) }).ended
    await storyMore(log, 4)
    await start({ log, store, projections: PROJECTIONS.slice(1, 4) }).ended
    await start({ log, store }).ended
    expect(await hashesOf(store)).toEqual(await freshHashes(log))
  })

  it("follows the log, and says when an event can be read", async () => {
    const { log } = await storyLog({ seed: 5, steps: 50 })
    const before = (await eventsOf(log)).length
    const store = memoryRows()
    const stop = stopper()
    const projector = start({ log, store, until: "forever", batch: { waitMs: 5 }, signal: stop.signal })
    expect(await projector.waitFor(before, 5_000)).toBe(true)
    expect(await projector.waitFor(before + 1, 20)).toBe(false)
    const waiting = projector.waitFor(before + 1, 5_000)
    await storyMore(log, 6)
    expect(await waiting).toBe(true)
    const last = (await eventsOf(log)).length
    expect(await projector.waitFor(last, 5_000)).toBe(true)
    expect(projector.position().eventNo).toBe(last)
    expect(projector.status()).toEqual({ state: "running" })
    stop.abort()
    expect((await projector.ended).eventNo).toBe(last)
    expect(projector.status()).toEqual({ state: "stopped" })
    expect(await projector.waitFor(last + 1, 5_000)).toBe(false)
    expect(await hashesOf(store)).toEqual(await freshHashes(log))
  })

  it("tries a failing store again for ever, says so, and loses nothing", async () => {
    const { log } = await storyLog({ seed: 7, steps: 120, together: 3 })
    const rows = memoryRows()
    let down = 3
    const store: RowStore = {
      ...rows,
      write: async (batches, positions) => {
        if (down > 0 && down--) throw new Error("the store is away")
        await rows.write(batches, positions)
      }
    }
    const said: Array<ProjectorStatus> = []
    const stop = stopper()
    const projector = start({
      log,
      store,
      until: "forever",
      batch: { waitMs: 1 },
      signal: stop.signal,
      onStatus: (status) => said.push(status)
    })
    const last = (await eventsOf(log)).length
    expect(await projector.waitFor(last, 10_000)).toBe(true)
    expect(said).toEqual([
      { state: "running" },
      { state: "retrying", detail: "memory: the store is away" },
      { state: "running" }
    ])
    expect(await hashesOf(rows)).toEqual(await freshHashes(log))
  })

  it("ends in good time when it is told to while the store is away", async () => {
    const { log } = await storyLog({ seed: 7, steps: 30 })
    const store: RowStore = { ...memoryRows(), write: () => Promise.reject(new Error("away")) }
    const stop = stopper()
    const projector = start({ log, store, until: "forever", batch: { waitMs: 1 }, signal: stop.signal })
    setTimeout(() => stop.abort(), 150)
    expect((await projector.ended).eventNo).toBe(0)
  })

  it("stores nothing that comes after a batch that was lost", async () => {
    const { log } = await storyLog({ seed: 11, steps: 100 })
    const store = memoryRows()
    const stop = stopper()
    let writes = 0
    const failing: RowStore = {
      ...store,
      write: async (batches, positions) => {
        if (++writes !== 2) return store.write(batches, positions)
        stop.abort() // told to end, it tries no more
        throw new Error("away for a moment")
      }
    }
    await start({ log, store: failing, batch: { rows: 10 }, signal: stop.signal }).ended
    expect(writes).toBe(2)
    await start({ log, store }).ended
    expect(await hashesOf(store)).toEqual(await freshHashes(log))
  })

  it("gives up on a store that goes on failing when it only runs to the head", async () => {
    const { log } = await storyLog({ seed: 7, steps: 30 })
    const store: RowStore = { ...memoryRows(), write: () => Promise.reject(new Error("away")) }
    await expect(start({ log, store }).ended).rejects.toThrow("away")
  })
})

describe("project stops, with what came before in the store,", () => {
  const withLast = async (spoil: (log: EventLog) => Promise<void>) => {
    const { log } = await storyLog({ seed: 8, steps: 60 })
    const sound = (await log.head(0))!
    const hashes = await freshHashes(log)
    await spoil(log)
    const store = memoryRows()
    const error = await start({ log, store, until: "forever", batch: { waitMs: 1 } }).ended.then(
      () => undefined,
      (e: Error) => e
    )
    expect((await store.positions(PROJECTIONS[0]!)).get(0)?.commitNo).toBe(sound.no)
    expect(await hashesOf(store)).toEqual(hashes)
    return { error, no: sound.no + 1 }
  }
  const event = (eventNo: number, type: string) =>
    JSON.stringify({
      eventNo,
      type,
      v: 1,
      recordedAt: "x",
      effectiveAt: "x",
      actor: "a",
      cause: "c",
      correlation: "c",
      data: {}
    })
  const appended = (events: (first: number) => ReadonlyArray<string>) => async (log: EventLog) => {
    const first = (await eventsOf(log)).length + 1
    await log.append(sealCommit((await log.head(0))!, 0, 9, "w", events(first)))
  }

  it("at an event that it does not know", async () => {
    const { error, no } = await withLast(appended((first) => [event(first, "Unheard")]))
    expect(error).toBeInstanceOf(CannotFold)
    expect(error?.message).toBe(
      `ledger partition 0 cannot be folded from commit ${no} on: event type Unheard is unknown to this program`
    )
  })

  it("at an event that does not follow", async () => {
    const { error } = await withLast(appended((first) => [event(first + 1, "TradingResumed")]))
    expect(error?.message).toMatch(/event \d+ does not follow event \d+$/)
  })

  it("at a commit whose bytes are not those that were written", async () => {
    const { error, no } = await withLast(async (log) => {
      const commit = sealCommit((await log.head(0))!, 0, 9, "w", [])
      await log.append({ ...commit, body: Buffer.from(commit.body.toString().replace('"v":1', '"v":2')) })
    })
    expect(error?.message).toBe(`ledger partition 0 is damaged at commit ${no}: its hash differs`)
  })

  it("at once, when the store was filled from another ledger", async () => {
    const [one, other] = [await storyLog({ seed: 9, steps: 60 }), await storyLog({ seed: 10, steps: 80 })]
    const store = memoryRows()
    await start({ log: one.log, store }).ended
    const hashes = await hashesOf(store)
    await expect(start({ log: other.log, store }).ended).rejects.toThrow(OtherLedger)
    await expect(start({ log: memoryLog(), store }).ended).rejects.toThrow(OtherLedger)
    expect(await hashesOf(store)).toEqual(hashes)
  })

  it("nowhere, at commits without events", async () => {
    const log = memoryLog()
    let head: typeof EMPTY_CHAIN = EMPTY_CHAIN
    for (let i = 1; i <= 3; i++)
      await log.append((head = sealCommit(head, 0, i, "w", [])) as ReturnType<typeof sealCommit>)
    expect(await start({ log, store: memoryRows() }).ended).toEqual({ eventNo: 0, commitNo: 3, hash: head.hash })
  })
})

/** Its nth write stores the rows and not the position, and then the process is gone. */
const diesAfterRows = (store: RowStore, nth: number, process: AbortController): RowStore => {
  let writes = 0
  return {
    ...store,
    write: async (batches, positions) => {
      if (++writes < nth) return store.write(batches, positions)
      if (writes === nth) await store.write(batches, [])
      process.abort()
      throw new Error("gone")
    }
  }
}

/** The story goes on with another writer. */
const storyMore = async (log: EventLog, seed: number): Promise<void> => void (await storyLog({ seed, steps: 40, log }))
