import { setTimeout as sleep } from "node:timers/promises"
import { expect, inject, test } from "vitest"
import type { MovedGroup } from "#domain/account/move-events.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { commandClient } from "#streams/command-client.ts"
import { eventsOf } from "#tests/projections/story.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade, tradeJson } from "#tests/support/trade.ts"
import { ask, insist, startTwo, type Partition } from "./two-partitions.ts"

const program = inject("natsServer")
const [ACCOUNT, GROUP] = ["near", "o-near"]
const money = { currency: "USDT", amount: "1" }

test(
  "a group goes to and fro between two partitions while clients pay in: kill -9 of either or both loses nothing and does nothing twice",
  { timeout: 120_000, ...skipWithout(program, "no nats-server program was found") },
  async () => {
    using folder = tempDir("group-moves")
    await using nats = await startNats({ storeDir: `${folder.path}/nats` })
    const two = await startTwo(folder.path, nats.url)
    const { at, either, kill, startAgain, killAndStart } = two
    const account = () => insist(either(`/accounts/${ACCOUNT}`))
    const order = { account: ACCOUNT, symbol: "BTCUSDT", side: "buy", type: "market", quantity: "0.001" }
    let paid = 0
    let paying = true
    let bought: unknown
    try {
      const terms = { account: ACCOUNT, owner: GROUP, type: "cash", currency: "USDT", partition: 0 }
      expect((await insist(() => at(0, "/accounts"), terms)).status).toBe(201)
      const first = { currency: "USDT", amount: "1000", clOrdId: "first" }
      await insist(() => at(0, `/accounts/${ACCOUNT}/deposits`), first)
      const limits = { scope: "account", id: ACCOUNT, limits: { maxOpenOrders: 7 }, reason: "a test" }
      expect((await insist(() => at(0, "/risk/limits"), limits, "PUT")).status).toBe(200)
      const placed = await insist(() => at(0, "/orders"), { ...order, clOrdId: "bought" })
      bought = placed.body["orderId"]
      expect(placed).toMatchObject({ status: 201, body: { status: "PendingNew" } })
      // as much as the market showed in that moment: the rest is cancelled
      const state = async () => (await insist(either(`/orders/${String(bought)}`))).body["status"]
      await expect.poll(state, { timeout: 20_000 }).toMatch(/^(?:Filled|Canceled)$/)
      const { positions } = (await account()).body
      expect(positions).toMatchObject([{ symbol: "BTCUSDT" }])
      const pays = (i: number) => insist(either(`/accounts/${ACCOUNT}/deposits`), { ...money, clOrdId: `p${i}` })
      const payer = (async () => {
        while (paying) {
          expect([200, 201]).toContain((await pays(paid)).status)
          paid++
          await sleep(20)
        }
      })()

      const goesOn = async () => {
        const before = paid
        await expect.poll(() => paid, { timeout: 20_000 }).toBeGreaterThan(before + 5)
      }
      await goesOn()
      const send = (toPartition: Partition) => insist(either("/risk/moves"), { group: GROUP, toPartition })
      const hasLeft = async (from: Partition) => {
        const asked = async () => (await ask(at(from, `/accounts/${ACCOUNT}`))).status
        await expect.poll(asked, { timeout: 10_000 }).toBe(503)
      }
      // nobody is there who could take it, and whoever sends it is gone as well
      await kill(1)
      const gone = send(1)
      await hasLeft(0)
      await Promise.all([killAndStart(0), startAgain(1)])
      expect(await gone).toMatchObject({ status: 200, body: { toPartition: 1 } })
      await goesOn()
      // both at once, in the middle of it
      const home = send(0)
      await Promise.race([home, hasLeft(1)])
      await Promise.all([killAndStart(0), killAndStart(1)])
      await home
      await goesOn()
      // the one that receives
      const again = send(1)
      await killAndStart(1)
      await again
      await expect.poll(async () => (await account()).body["position"], { timeout: 20_000 }).toMatch(/^1:/)

      await goesOn()
      paying = false
      await payer
      expect((await send(1)).body).toMatchObject({ status: "arrived" })
      expect(await ask(at(0, `/accounts/${ACCOUNT}`))).toMatchObject({ status: 503, body: { code: "NotTheWriter" } })
      const now = (await account()).body
      expect(now).toMatchObject({
        group: GROUP,
        positions,
        limits: { maxOpenOrders: 7 },
        position: expect.stringMatching(/^1:/)
      })
      // what was sent before is answered as the first time, by the partition that recorded it
      const repeat = await insist(either(`/accounts/${ACCOUNT}/deposits`), first)
      expect(repeat).toMatchObject({ status: 200, body: { position: expect.stringMatching(/^0:/) } })
      const sameOrder = await insist(either("/orders"), { ...order, clOrdId: "bought" })
      expect(sameOrder).toMatchObject({ status: 200, body: { orderId: bought } })
      const repeats = await Promise.all(Array.from({ length: paid }, (_, i) => pays(i)))
      expect(new Set(repeats.map(({ status }) => status))).toEqual(new Set([200]))
      expect((await account()).body["balances"]).toEqual(now["balances"])
      // a program that asks the old partition by its number is sent on
      const port = await openNatsCommands({ url: nats.url, name: "test-caller" })
      const request = { type: "Deposit", account: ACCOUNT, currency: "USDT", amount: 10_00000000n } as never
      const reply = await commandClient({ port }).submit(0, { id: "program", actor: "test", request })
      expect(reply).toMatchObject({ kind: "facts" })
      await port.close()
    } finally {
      paying = false
      await two.stop()
    }

    const log = await openNatsLog({ url: nats.url, name: "test-reader" })
    try {
      const events = (await Promise.all([0, 1].map((partition) => eventsOf(log, partition)))).flat()
      const sums = new Map<string, bigint>()
      for (const { event } of events)
        for (const { ledger, unit, amount } of postingsOf(event))
          if (ledger === "in-transit") sums.set(unit, (sums.get(unit) ?? 0n) + amount)
      expect([...sums]).toEqual([
        ["USDT", 0n],
        ["BTC", 0n]
      ])
      const hashes = (type: string) =>
        events.flatMap(({ event }) => (event.type === type ? [(event.data as { hash: string }).hash] : [])).toSorted()
      expect(hashes("GroupMovedOut")).toHaveLength(3)
      expect(hashes("GroupMovedIn")).toEqual(hashes("GroupMovedOut"))
      const groups = events.flatMap(({ event }) =>
        event.type === "GroupMovedIn" ? [(event.data as { moved: MovedGroup }).moved] : []
      )
      expect(groups.map(({ moves }) => moves).toSorted((a, b) => a - b)).toEqual([1, 2, 3])
      const deposits = events.filter(({ event }) => event.type === "Deposited" && event.account === ACCOUNT)
      expect(new Set(deposits.map(({ event }) => event.cause)).size).toBe(deposits.length)
      expect(deposits).toHaveLength(paid + 2)

      // the tools read both partitions
      const ledger = ["--log", `nats:${nats.url}`]
      const verified = await trade(["verify", ...ledger])
      expect(verified.code, verified.stdout).toBe(0)
      const report = (await tradeJson(["report", "pnl", "--account", ACCOUNT, ...ledger])) as Record<string, unknown>
      const bookedFor = (unit: string) => {
        let sum = 0n
        for (const { event } of events)
          for (const posting of postingsOf(event))
            if (posting.ledger === `account:${ACCOUNT}` && posting.unit === unit) sum += posting.amount
        return formatFixed(sum)
      }
      expect(report).toMatchObject({
        cash: bookedFor("USDT"),
        positions: [{ symbol: "BTCUSDT", quantity: bookedFor("BTC") }],
        position: expect.stringMatching(/^0:\d+,1:\d+$/)
      })
    } finally {
      await log.close()
    }
  }
)
