import { expect, inject, test } from "vitest"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { eventsOf } from "#tests/projections/story.ts"
import { insist, startTwo, type Partition } from "./two-partitions.ts"

const program = inject("natsServer")
const EACH_WAY = 20

test(
  "transfers between two partitions: kill -9 of either writer at any moment loses nothing and does nothing twice",
  { timeout: 120_000, ...skipWithout(program, "no nats-server program was found") },
  async () => {
    using folder = tempDir("transit")
    await using nats = await startNats({ storeDir: `${folder.path}/nats` })
    const { at, kill, startAgain, killAndStart, stop } = await startTwo(folder.path, nats.url)
    const [NEAR, FAR] = ["near", "far"]
    const move = (partition: Partition, body: object) =>
      insist(() => at(partition, `/accounts/${partition === 0 ? NEAR : FAR}/transfers`), { currency: "USDT", ...body })
    const cashOf = async (partition: Partition) => {
      const { body } = await insist(() => at(partition, `/accounts/${partition === 0 ? NEAR : FAR}`))
      return Number((body["balances"] as ReadonlyArray<{ total: string }>)[0]?.total)
    }
    try {
      for (const [partition, account] of [NEAR, FAR].entries() as Iterable<[Partition, string]>) {
        const terms = { account, owner: `o-${account}`, type: "cash", currency: "USDT", partition }
        expect((await insist(() => at(partition, "/accounts"), terms)).status).toBe(201)
        await insist(() => at(partition, `/accounts/${account}/deposits`), { currency: "USDT", amount: "1000" })
      }
      expect(await move(0, { to: "nobody", amount: "1" })).toMatchObject({
        status: 422,
        body: { code: "UnknownAccount" }
      })

      // nobody is there who could take it; then the one who sent it is gone as well
      await kill(1)
      const left = await move(0, { to: FAR, amount: "100", clOrdId: "first" })
      expect(left).toMatchObject({ status: 201, body: { toPartition: 1, balance: { total: "900" } } })
      await Promise.all([killAndStart(0), startAgain(1)])
      await expect.poll(() => cashOf(1), { timeout: 20_000 }).toBe(1100)
      const again = await move(0, { to: FAR, amount: "100", clOrdId: "first" })
      expect(again).toMatchObject({ status: 200, body: { transferId: left.body["transferId"] } })

      const sending = ([0, 1] as const).map(async (partition) => {
        for (let i = 0; i < EACH_WAY; i++) {
          const told = await move(partition, { to: partition === 0 ? FAR : NEAR, amount: "1.5", clOrdId: `t${i}` })
          expect([200, 201]).toContain(told.status)
          if (i === 10 + 5 * partition) await killAndStart(partition)
        }
      })
      await Promise.all(sending)
      await expect.poll(() => Promise.all([cashOf(0), cashOf(1)]), { timeout: 20_000 }).toEqual([900, 1100])
    } finally {
      await stop()
    }

    const log = await openNatsLog({ url: nats.url, name: "test-reader" })
    try {
      const events = (await Promise.all([0, 1].map((partition) => eventsOf(log, partition)))).flat()
      const sums = new Map<string, bigint>()
      for (const { event } of events)
        for (const { ledger, amount } of postingsOf(event)) sums.set(ledger, (sums.get(ledger) ?? 0n) + amount)
      expect([sums.get("in-transit"), sums.get(`account:${NEAR}`), sums.get(`account:${FAR}`)]).toEqual([
        0n,
        900_00000000n,
        1100_00000000n
      ])
      const ids = (type: string) =>
        events
          .flatMap(({ event }) => (event.type === type ? [(event.data as { transferId: string }).transferId] : []))
          .toSorted()
      expect(ids("TransferredOut")).toHaveLength(1 + 2 * EACH_WAY)
      for (const type of ["TransferredIn", "TransferArrived"]) expect(ids(type)).toEqual(ids("TransferredOut"))
    } finally {
      await log.close()
    }
  }
)
