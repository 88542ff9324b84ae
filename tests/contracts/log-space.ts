import { afterEach, describe, expect, it } from "vitest"
import { type EventLog, LogUnavailable } from "#streams/ports/event-log.ts"
import type { LogSpace, Room } from "#streams/ports/log-space.ts"
import { chainOf } from "./commits.ts"

/** A log that may take so many bytes, and its end. */
export type OpenLimited = (mostBytes: number) => Promise<{
  readonly log: EventLog & LogSpace
  readonly discard: () => Promise<void>
}>

const narrowest = async (log: LogSpace): Promise<Room> =>
  (await log.rooms()).toSorted((a, b) => a.freeBytes - b.freeBytes)[0]!

/** What every log says of the room that it has left. */
export const logSpaceContract = (name: string, open: OpenLimited, options: { skip?: boolean } = {}) =>
  describe(`room left: ${name}`, options, () => {
    const cleanups: Array<() => Promise<unknown>> = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const limited = async (mostBytes: number) => {
      const { log, discard } = await open(mostBytes)
      cleanups.push(discard, log.close)
      return log
    }

    it("is there to begin with, and its limit has a name", async () => {
      const log = await limited(1_000_000)
      const { freeBytes, totalBytes, limit } = await narrowest(log)
      expect(freeBytes).toBeGreaterThan(900_000)
      expect(freeBytes).toBeLessThanOrEqual(1_000_000)
      expect(totalBytes).toBe(1_000_000)
      expect(limit).toMatch(/\w{3}/)
    })

    it("shrinks with what is appended, at least by that much, and is small when an append is refused", async () => {
      const log = await limited(1_000_000)
      const before = (await narrowest(log)).freeBytes
      // sealed text that no compression makes smaller
      const note = () => Array.from({ length: 1_000 }, () => Math.random().toString(36).slice(2, 12)).join("")
      let head: Parameters<typeof chainOf>[1] = {}
      let stored = 0
      let refused: unknown
      while (refused === undefined) {
        const [commit] = chainOf([1], { ...head, note: note() })
        try {
          await log.append(commit!)
          stored += commit!.body.length
          head = { head: commit! }
        } catch (error) {
          refused = error
        }
        if (stored > 1_000_000) expect.fail("more than fits")
        const { freeBytes } = await narrowest(log)
        if (refused === undefined) expect(before - freeBytes).toBeGreaterThan(stored * 0.7)
        else expect(freeBytes).toBeLessThan(50_000)
      }
      expect(refused).toBeInstanceOf(LogUnavailable)
      expect(stored).toBeGreaterThan(700_000)
    })
  })
