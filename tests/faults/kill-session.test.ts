import { expect, test } from "vitest"
import type { OrderBody } from "#services/contract/orders.ts"
import type { SessionAnswer } from "#services/contract/order-entry.ts"
import { SessionClient } from "#services/oms/order-entry/client.ts"
import { freeOffset, startPlatform, type Platform } from "#tests/support/platform.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { tradeJson } from "#tests/support/trade.ts"

const KILLS = Number(process.env["KILLS"] ?? "2")
const OMS = 8099
const PER_KILL = 400

/** Every third is refused, every fifth has an id of its caller's, the others rest. */
const itemOf = (n: number) => ({
  account: n % 3 === 0 ? "nobody" : n % 2 === 0 ? "demo" : "test_account",
  symbol: "BTCUSDT",
  side: "buy",
  type: "limit",
  quantity: "0.001",
  price: "20000",
  ...(n % 5 === 0 && { clOrdId: `own-${n}` })
})

const allOrders = async (platform: Platform): Promise<ReadonlyArray<OrderBody>> => {
  const all: Array<OrderBody> = []
  for (let next: string | undefined = ""; next !== undefined;) {
    const after = next === "" ? "" : `&after=${next}`
    const response = await fetch(platform.url(OMS, `/orders?status=open&limit=1000${after}`))
    const page = (await response.json()) as { items: ReadonlyArray<OrderBody>; next?: string }
    all.push(...page.items)
    next = page.next
  }
  return all
}

test(
  `kill -9 of the platform under a session: resumed, nothing lost, nothing twice (${KILLS} kills)`,
  { timeout: 60_000 + KILLS * 30_000 },
  async () => {
    using data = tempDir("kill-session")
    const portOffset = await freeOffset()
    const start = () => startPlatform({ data: data.path, args: ["--no-demo"], portOffset })
    let platform = await start()
    const answers = new Map<number, SessionAnswer>()
    const twice: Array<number> = []
    const heard: Array<{ readonly count: number; readonly go: () => void }> = []
    const failed = Promise.withResolvers<never>()
    const client = await SessionClient.open({
      url: `ws://127.0.0.1:${OMS + portOffset}/session`,
      inFlightMax: 64,
      itemsPerFrameMax: 16,
      onAnswers: (some) => {
        for (const answer of some) {
          if (answers.has(answer.no)) twice.push(answer.no)
          answers.set(answer.no, answer)
        }
        for (const { count, go } of heard) if (answers.size >= count) go()
      },
      onEnd: failed.reject
    })
    const untilAnswered = (count: number) =>
      Promise.race([failed.promise, new Promise<void>((go) => heard.push({ count, go }))])
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const first = kill * PER_KILL
        client.send(Array.from({ length: PER_KILL }, (_, i) => itemOf(first + i + 1)))
        await untilAnswered(first + Math.floor(Math.random() * (PER_KILL - 64)))
        await platform.kill(kill % 2 === 0 ? "group" : "alone")
        expect(client.open).toBeGreaterThan(0)
        platform = await start()
        await untilAnswered(first + PER_KILL)
      }
      expect(twice).toEqual([])
      const numbers = Array.from({ length: KILLS * PER_KILL }, (_, i) => i + 1)
      expect([...answers.keys()].toSorted((a, b) => a - b)).toEqual(numbers)
      const orders = await allOrders(platform)
      const byClOrdId = new Map(orders.map((order) => [order.clOrdId, order.orderId as string]))
      expect(byClOrdId.size).toBe(orders.length)
      const taken = numbers.filter((n) => n % 3 !== 0)
      expect(orders).toHaveLength(taken.length)
      for (const n of taken) {
        const clOrdId = n % 5 === 0 ? `own-${n}` : `${client.session}:${n}`
        expect(answers.get(n)).toMatchObject({ orderId: byClOrdId.get(clOrdId) })
      }
      // a refusal is told as such, or (when its answer was lost) that it recorded nothing
      for (const n of numbers.filter((one) => one % 3 === 0))
        expect(["UnknownAccount", "NotRecorded"]).toContain(answers.get(n)!.code)
    } finally {
      client.close()
      await platform.stop()
    }
    await tradeJson(["verify", "--data", data.path])
  }
)
