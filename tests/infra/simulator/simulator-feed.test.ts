import { describe, expect, it } from "vitest"
import { EPOCH, microsOf, timeOfMicros } from "#domain/kernel/time.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import { simulatorFeed, type SimulatorOptions } from "#infra/simulator/simulator-feed.ts"
import { at } from "#tests/domain/market/made.ts"

const take = async (options: SimulatorOptions, enough: (all: ReadonlyArray<MarketMessage>) => boolean) => {
  const stop = new AbortController()
  const batches: Array<ReadonlyArray<MarketMessage>> = []
  for await (const batch of simulatorFeed(options).messages(stop.signal)) {
    batches.push(batch)
    if (enough(batches.flat())) stop.abort()
  }
  return batches
}
const never = () => false
const wallClock = () => timeOfMicros(Date.now() * 1000)

describe("the simulator as a feed", () => {
  it("in lock-step gives numbered messages on a clock of its own, the same wherever it starts", async () => {
    const options = { seed: 4, pace: "lock-step", startAt: at(0) } as const
    const all = (await take({ ...options, count: 1000 }, never)).flat()
    expect(all.map(({ no }) => no)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
    expect(all[0]?.at).toBe(at(0))
    expect(microsOf(all[300]!.at) - microsOf(all[0]!.at)).toBe(10_000_000)
    const tail = (await take({ ...options, from: 401, count: 600 }, never)).flat()
    expect(tail).toEqual(all.slice(400))
    expect((await take(options, (seen) => seen.length > 700)).flat().slice(0, 700)).toEqual(all.slice(0, 700))
  })

  it("live begins with everything of every symbol, goes on at about thirty a second, and numbers on", async () => {
    const started = performance.now()
    const batches = await take({ seed: 4, pace: "live", from: 5000, now: wallClock }, (all) => all.length >= 45)
    const seconds = (performance.now() - started) / 1000
    const kinds = new Set(batches[0]?.map(({ symbol, kind }) => `${symbol} ${kind}`))
    expect(kinds.size).toBe(9)
    const all = batches.flat()
    expect(all.map(({ no }) => no)).toEqual(Array.from({ length: all.length }, (_, i) => 5000 + i))
    expect(seconds).toBeGreaterThan(0.4)
    expect(seconds).toBeLessThan(20)
    expect(all.every((message, i) => i === 0 || message.at >= all[i - 1]!.at)).toBe(true)
  })

  it("live survives a clock that jumps ahead for hours or is set back", async () => {
    let reads = 0
    const now = () => {
      reads++
      return at(reads === 3 ? 3600e6 * 5 : reads * 50_000) // for once the machine slept for five hours
    }
    const batches = await take({ seed: 4, pace: "live", now }, () => reads > 8)
    expect(Math.max(...batches.slice(1).map((batch) => batch.length))).toBeLessThanOrEqual(30)
    const times = batches.flat().map((message) => message.at)
    expect(times).toEqual(times.toSorted())
    expect(times[0]! > EPOCH).toBe(true)
  })
})
