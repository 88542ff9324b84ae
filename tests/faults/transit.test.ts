import { setTimeout as sleep } from "node:timers/promises"
import { expect, inject, test } from "vitest"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import { commandClient } from "#streams/command-client.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { freeOffset, type Platform, startPlatform } from "#tests/support/platform.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { eventsOf } from "#tests/projections/story.ts"

const program = inject("natsServer")
const OMS = 8099
const EACH_WAY = 20

type Told = { readonly status: number; readonly body: Record<string, unknown> }
const ask = async (url: string, body?: object): Promise<Told> => {
  const response = await fetch(url, {
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(10_000)
  })
  return { status: response.status, body: (await response.json()) as Told["body"] }
}

/** As a caller would: under the same id until somebody answers. */
const insist = async (url: () => string, body?: object): Promise<Told> => {
  for (let tries = 0; ; tries++) {
    try {
      const told = await ask(url(), body)
      if (told.status < 500) return told
    } catch (error) {
      if (tries > 400) throw error // nobody listens while it is started anew
    }
    await sleep(50)
  }
}

test(
  "transfers and groups between two partitions: kill -9 of either writer at any moment loses nothing and does nothing twice",
  { timeout: 120_000, ...skipWithout(program, "no nats-server program was found") },
  async () => {
    using folder = tempDir("transit")
    await using nats = await startNats({ storeDir: `${folder.path}/nats` })
    const offsets = await Promise.all([freeOffset(), freeOffset()])
    const start = (partition: 0 | 1) =>
      startPlatform({
        data: `${folder.path}/${partition}`,
        args: ["--profile", "servers", "--only", "oms", "--partitions", String(partition)],
        env: { NATS_URL: nats.url },
        portOffset: offsets[partition]!
      })
    const running = (await Promise.all([start(0), start(1)])) as [Platform, Platform]
    const [NEAR, FAR] = ["near", "far"]
    const at = (partition: 0 | 1, path: string) => running[partition].url(OMS, path)
    const move = (partition: 0 | 1, body: object) =>
      insist(() => at(partition, `/accounts/${partition === 0 ? NEAR : FAR}/transfers`), { currency: "USDT", ...body })
    const cashOf = async (partition: 0 | 1) => {
      const { body } = await insist(() => at(partition, `/accounts/${partition === 0 ? NEAR : FAR}`))
      return Number((body["balances"] as ReadonlyArray<{ total: string }>)[0]?.total)
    }
    const killAndStart = async (partition: 0 | 1) => {
      await running[partition].kill("group")
      running[partition] = await start(partition)
    }
    try {
      for (const [partition, account] of [NEAR, FAR].entries() as Iterable<[0 | 1, string]>) {
        const terms = { account, owner: `o-${account}`, type: "cash", currency: "USDT", partition }
        expect((await insist(() => at(partition, "/accounts"), terms)).status).toBe(201)
        await insist(() => at(partition, `/accounts/${account}/deposits`), { currency: "USDT", amount: "1000" })
      }
      expect(await move(0, { to: "nobody", amount: "1" })).toMatchObject({
        status: 422,
        body: { code: "UnknownAccount" }
      })

      // nobody is there who could take it; then the one who sent it is gone as well
      await running[1].kill("group")
      const left = await move(0, { to: FAR, amount: "100", clOrdId: "first" })
      expect(left).toMatchObject({ status: 201, body: { toPartition: 1, balance: { total: "900" } } })
      await Promise.all([killAndStart(0), start(1).then((again) => (running[1] = again))])
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

      // its group leaves for a partition that nobody writes, and whoever sends it is gone as well
      await insist(() => at(0, `/accounts/${NEAR}/deposits`), { currency: "USDT", amount: "50", clOrdId: "paid" })
      await running[1].kill("group")
      const moving = ask(at(0, "/risk/moves"), { group: `o-${NEAR}`, toPartition: 1 }).catch(() => undefined)
      await expect.poll(async () => (await ask(at(0, `/accounts/${NEAR}`))).status, { timeout: 10_000 }).toBe(503)
      await Promise.all([killAndStart(0), start(1).then((anew) => (running[1] = anew)), moving])
      const [inOld, inNew] = ([0, 1] as const).map((partition) => () => at(partition, `/accounts/${NEAR}`))
      const arrived = await insist(inNew!)
      expect(arrived).toMatchObject({ status: 200, body: { position: expect.stringMatching(/^1:/) } })
      expect((arrived.body["balances"] as ReadonlyArray<object>)[0]).toMatchObject({ total: "950" })
      expect(await ask(inOld!())).toMatchObject({ status: 503, body: { code: "NotTheWriter" } })
      const paid = { currency: "USDT", amount: "50", clOrdId: "paid" }
      const repeat = await insist(() => at(1, `/accounts/${NEAR}/deposits`), paid)
      expect(repeat).toMatchObject({
        status: 200,
        body: { position: expect.stringMatching(/^0:/), balance: { total: "950" } }
      })
      const moved = await ask(at(1, "/risk/moves"), { group: `o-${NEAR}`, toPartition: 1 })
      expect(moved).toMatchObject({ status: 200, body: { status: "arrived" } })
      // a program that asks the old partition by its number is sent on
      const port = await openNatsCommands({ url: nats.url, name: "test-caller" })
      const request = { type: "Deposit", account: NEAR, currency: "USDT", amount: 10_00000000n } as never
      const reply = await commandClient({ port }).submit(0, { id: "program", actor: "test", request })
      expect(reply).toMatchObject({ kind: "facts" })
      await port.close()
    } finally {
      await Promise.all(running.map((one) => one.stop()))
    }

    const log = await openNatsLog({ url: nats.url, name: "test-reader" })
    try {
      const events = (await Promise.all([0, 1].map((partition) => eventsOf(log, partition)))).flat()
      const sums = new Map<string, bigint>()
      for (const { event } of events)
        for (const { ledger, amount } of postingsOf(event)) sums.set(ledger, (sums.get(ledger) ?? 0n) + amount)
      expect([sums.get("in-transit"), sums.get(`account:${NEAR}`), sums.get(`account:${FAR}`)]).toEqual([
        0n,
        960_00000000n,
        1100_00000000n
      ])
      const ids = (type: string) =>
        events
          .flatMap(({ event }) => (event.type === type ? [(event.data as { transferId: string }).transferId] : []))
          .toSorted()
      expect(ids("TransferredOut")).toHaveLength(1 + 2 * EACH_WAY)
      const count = (type: string) => events.filter(({ event }) => event.type === type).length
      expect(["GroupMovedOut", "GroupMovedIn", "GroupArrived"].map(count)).toEqual([1, 1, 1])
      for (const type of ["TransferredIn", "TransferArrived"]) expect(ids(type)).toEqual(ids("TransferredOut"))
    } finally {
      await log.close()
    }
  }
)
