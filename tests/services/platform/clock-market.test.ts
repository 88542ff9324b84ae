import { expect, it } from "vitest"
import type { MarketMessage } from "#domain/market/messages.ts"
import { plusMicros, timeOfText, type Time } from "#domain/kernel/time.ts"
import { clockMarket } from "#services/platform/clock-market.ts"

const NOON = timeOfText("2026-11-28T12:00:00Z")!

it("shows every process the same prices at the same time, all symbols at once, and goes on later", async () => {
  const seen = async (at: Time) => {
    const market = await clockMarket(7, () => at)
    const messages: Array<MarketMessage> = []
    market.attach((message) => messages.push(message))
    await market.stop()
    return messages.toSorted((a, b) => a.no - b.no)
  }
  const first = await seen(NOON)
  expect(await seen(NOON)).toEqual(first)
  expect(new Set(first.map(({ symbol, kind }) => `${symbol} ${kind}`)).size).toBe(9)
  const minuteLater = await seen(plusMicros(NOON, 60e6))
  expect(minuteLater[0]!.no - first[0]!.no).toBe(60 * 30)
})
