// What every place where leases are written must do, and that leases work on it.
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, describe, expect, it } from "vitest"
import { type Lease, makeLeases } from "#streams/leases.ts"
import type { LeaseStore } from "#streams/ports/lease.ts"

export const leaseContract = (
  name: string,
  open: () => Promise<LeaseStore>,
  options: Parameters<typeof describe>[1] & object = {}
): void =>
  void describe(`leases: ${name}`, options, () => {
    let store: LeaseStore | undefined
    afterEach(() => store?.close())
    const fresh = async () => {
      store = await open()
      // a server may be shared: each test has partitions of its own
      return { store, partition: Math.floor(Math.random() * 1e9) }
    }
    const taken = (lease: Lease | { holder: string }): Lease => {
      if (!("renew" in lease)) throw new Error(`${lease.holder} has it`)
      return lease
    }

    it("replaces an entry only for whoever read the one before", async () => {
      const { store: entries, partition } = await fresh()
      expect(await entries.read(partition)).toBeUndefined()
      const first = await entries.write(partition, "one é", 0)
      expect(await entries.read(partition)).toEqual({ revision: first, value: "one é" })
      expect(await entries.write(partition, "stale", 0)).toBeUndefined()
      expect(await entries.write(partition + 1, "another's", first!)).toBeUndefined()
      const second = await entries.write(partition, "two", first!)
      expect(second).toBeGreaterThan(first!)
      expect(await entries.write(partition, "stale", first!)).toBeUndefined()
      expect((await entries.read(partition))?.value).toBe("two")
    })

    it("lets one of many writers at once through", async () => {
      const { store: entries, partition } = await fresh()
      const outcomes = await Promise.all(Array.from({ length: 16 }, (_, i) => entries.write(partition, `w${i}`, 0)))
      expect(outcomes.filter((revision) => revision !== undefined)).toHaveLength(1)
    })

    it("gives a lease to one process until it has run out", async () => {
      const { store: entries, partition } = await fresh()
      let [clockA, clockB] = [0, 1e6]
      const a = makeLeases({ store: entries, name: "a", ttlMs: 1000, now: () => clockA })
      const b = makeLeases({ store: entries, name: "b", ttlMs: 1000, now: () => clockB })
      const lease = taken(await a.take(partition))
      expect(await b.take(partition)).toEqual({ holder: "a" })
      ;[clockA, clockB] = [900, clockB + 900]
      expect(lease.isFresh()).toBe(true)
      expect(await lease.renew()).toBe(true)
      ;[clockA, clockB] = [1800, clockB + 900]
      expect(await b.take(partition)).toEqual({ holder: "a" }) // seen to have moved
      ;[clockA, clockB] = [1900, clockB + 1000]
      expect(lease.isFresh()).toBe(false) // its holder doubts before others believe
      expect(await b.take(partition)).toEqual({ holder: "a" })
      clockB += 1
      expect(taken(await b.take(partition)).isFresh()).toBe(true)
      expect(await lease.renew()).toBe(false)
      expect(await a.take(partition)).toEqual({ holder: "b" })
    })

    it("is taken at once by the next process of the same name, and by the one it was released to", async () => {
      const { store: entries, partition } = await fresh()
      let clock = 0
      const of = (process: string) => makeLeases({ store: entries, name: process, ttlMs: 1000, now: () => clock })
      const killed = taken(await of("a").take(partition))
      const again = taken(await of("a").take(partition))
      expect(await killed.renew()).toBe(false)
      await again.release("c")
      expect(again.isFresh()).toBe(false)
      const [b, c] = [of("b"), of("c")]
      expect(await b.take(partition)).toEqual({ holder: "a" })
      await taken(await c.take(partition)).release()
      expect(await c.take(partition)).toEqual({ holder: "c" }) // others first
      const last = taken(await b.take(partition))
      await last.release("nobody there")
      expect(await c.take(partition)).toEqual({ holder: "b" })
      clock += 1001
      taken(await c.take(partition))
    })

    it("runs on a real clock", async () => {
      const { store: entries, partition } = await fresh()
      const of = (process: string) => makeLeases({ store: entries, name: process, ttlMs: 150 })
      const lease = taken(await of("a").take(partition))
      const b = of("b")
      expect(await b.take(partition)).toEqual({ holder: "a" })
      await sleep(200)
      expect(lease.isFresh()).toBe(false)
      taken(await b.take(partition))
    })
  })
