// What every row store must do, whatever keeps the rows.
import fc from "fast-check"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { contentHash } from "#streams/content-hash.ts"
import {
  cursorOf,
  type Cell,
  type Cut,
  type RowQuery,
  type RowStore,
  type RowVersion,
  type Table
} from "#streams/ports/row-store.ts"

const table: Table = {
  name: "things",
  version: 3,
  columns: {
    owner: "text",
    item: "text",
    status: "text",
    note: "text",
    amount: "amount",
    count: "integer",
    at: "time",
    detail: "json"
  },
  key: ["owner", "item"]
}
const perEvent: Table = { name: "log", version: 1, columns: { eventNo: "integer", what: "text" }, key: ["eventNo"] }

const plain = {
  status: "open",
  note: "",
  amount: 0n,
  count: 0,
  at: "1970-01-01T00:00:00.000000000Z",
  detail: "{}"
}
const thing = (
  owner: string,
  item: string,
  eventNo: number,
  more: Record<string, Cell> = {},
  partition = 0
): RowVersion => ({
  partition,
  eventNo,
  row: { owner, item, ...plain, ...more }
})
const standing = (eventNo: number, of: Table = table, partition = 0) => ({
  table: of,
  partition,
  position: { eventNo, commitNo: Math.ceil(eventNo / 3), hash: String(eventNo).padStart(64, "0") }
})
const cutAt = (eventNo: number): Cut => new Map([[0, eventNo]])
const all = async (store: RowStore, of: Table = table, cut?: Cut) => (await Array.fromAsync(store.rows(of, cut))).flat()

/** Runs the suite; `makeStore` is called once, and each test begins with empty tables. */
export const rowStoreContract = (
  name: string,
  makeStore: () => Promise<{ readonly store: RowStore; readonly discard: () => Promise<void> }>,
  options: Parameters<typeof describe>[1] & object = {}
): void =>
  void describe(`row store: ${name}`, options, () => {
    let store: RowStore
    let discard = async () => {}
    beforeAll(async () => {
      ;({ store, discard } = await makeStore())
    })
    afterAll(() => discard())
    beforeEach(async () => {
      await store.prepare([table, perEvent])
      for (const one of [table, perEvent]) await store.drop(one)
      await store.prepare([table, perEvent])
    })
    const write = (versions: ReadonlyArray<RowVersion>, upTo: number) =>
      store.write([{ table, versions }], [standing(upTo)])

    it("is empty at first", async () => {
      expect(await store.positions(table)).toEqual(new Map())
      expect(await all(store)).toEqual([])
      expect(await store.load(table, 0, [["a", "b"]], 10)).toEqual([])
      expect(await store.find(table, { limit: 10 })).toEqual([])
    })

    it("gives back every cell exactly", async () => {
      const odd = {
        note: "żółć \"\\\t\n\r\u0000\u2028'`€ 🙂 {a:b} \\N",
        status: "",
        amount: -123_456_789_012_345_678_12345678n,
        count: Number.MAX_SAFE_INTEGER,
        at: "2026-01-02T03:04:05.123456789Z",
        detail: JSON.stringify({ a: ["1", { b: 'say "yes"' }], c: "\\" })
      }
      const rows = [
        thing("A", "1", 1, odd),
        thing("A", "2", 2, { amount: 1n, at: "2262-04-11T23:47:15.999999999Z" }),
        thing("A", "3", 3, { amount: -1n, count: -5 })
      ]
      await write(rows, 3)
      expect(await all(store)).toEqual(rows)
      expect(await store.load(table, 0, [["A", "1"]], 3)).toEqual([rows[0]])
      expect(await store.find(table, { where: { note: odd.note }, limit: 5 })).toEqual([rows[0]])
    })

    it("keeps what lies beyond its column types: far times, great amounts, half characters", async () => {
      const rows = [
        thing("A", "1", 1, { at: "9999-12-31T23:59:59.999999999Z" }),
        thing("A", "2", 2, { at: "0001-01-01T00:00:00.000000000Z", amount: 10n ** 30n + 1n }),
        thing("A", "3", 3, { note: "half \uD83D of one", amount: -(10n ** 28n) })
      ]
      await write(rows, 3)
      expect(await all(store)).toEqual(rows)
    })

    it("stands where it was written to last, for each projection and partition", async () => {
      await store.write([], [standing(3), standing(1, perEvent)])
      await store.write([], [standing(7), standing(2, table, 5)])
      expect(await store.positions(table)).toEqual(
        new Map([
          [0, standing(7).position],
          [5, standing(2).position]
        ])
      )
      expect(await store.positions(perEvent)).toEqual(new Map([[0, standing(1).position]]))
      expect(await store.positions({ ...table, version: 4 })).toEqual(new Map())
    })

    it("shows the newest version at the position, and at any earlier cut the one of then", async () => {
      await write([thing("A", "1", 1, { count: 1 }), thing("A", "1", 4, { count: 4 }), thing("B", "1", 5)], 5)
      await write([thing("A", "1", 9, { count: 9 }), thing("A", "2", 8)], 9)
      const at = async (cut?: Cut) =>
        (await all(store, table, cut)).map(({ eventNo, row }) => [row["owner"], row["item"], eventNo])
      expect(await at()).toEqual([
        ["A", "1", 9],
        ["A", "2", 8],
        ["B", "1", 5]
      ])
      expect(await at(cutAt(8))).toEqual([
        ["A", "1", 4],
        ["A", "2", 8],
        ["B", "1", 5]
      ])
      expect(await at(cutAt(4))).toEqual([["A", "1", 4]])
      expect(await at(cutAt(0))).toEqual([])
      expect(
        await store.load(
          table,
          0,
          [
            ["A", "1"],
            ["A", "2"],
            ["Z", "1"]
          ],
          7
        )
      ).toEqual([thing("A", "1", 4, { count: 4 })])
    })

    it("does not show rows beyond the position: they are of a batch that was cut short", async () => {
      await write([thing("A", "1", 1)], 1)
      await store.write([{ table, versions: [thing("A", "1", 2, { count: 2 }), thing("A", "2", 3)] }], [])
      expect(await all(store)).toEqual([thing("A", "1", 1)])
      expect(await store.find(table, { limit: 5 })).toEqual([thing("A", "1", 1)])
      await write([thing("A", "1", 2, { count: 2 }), thing("A", "2", 3)], 3)
      expect(await all(store)).toEqual([thing("A", "1", 2, { count: 2 }), thing("A", "2", 3)])
    })

    it("is not changed by the same rows again", async () => {
      const rows = [thing("A", "1", 1), thing("A", "2", 2), thing("A", "1", 3, { count: 3 })]
      await write(rows, 3)
      const before = await contentHash(table, store.rows(table))
      await write(rows.slice(1), 3)
      await write(rows, 3)
      expect(await contentHash(table, store.rows(table))).toEqual(before)
      expect(before.rows).toBe(2)
    })

    it("sorts by key, numbers by size and texts by their characters, then by partition", async () => {
      const rows = [thing("a", "1", 1), thing("B", "10", 2), thing("B", "9", 3), thing("B", "10", 1, {}, 2)]
      await store.write([{ table, versions: rows }], [standing(3), standing(1, table, 2)])
      expect((await all(store)).map(({ partition, row }) => [row["owner"], row["item"], partition])).toEqual([
        ["B", "10", 0],
        ["B", "10", 2],
        ["B", "9", 0],
        ["a", "1", 0]
      ])
      const numbered = [10, 9, 100].map((eventNo) => ({ partition: 0, eventNo, row: { eventNo, what: "x" } }))
      await store.write([{ table: perEvent, versions: numbered }], [standing(100, perEvent)])
      expect((await all(store, perEvent)).map(({ eventNo }) => eventNo)).toEqual([9, 10, 100])
    })

    it("finds by the values of now, not of before", async () => {
      await write(
        [
          thing("A", "1", 1),
          thing("A", "2", 2),
          thing("B", "1", 3),
          thing("A", "1", 4, { status: "done", amount: 150000000n })
        ],
        4
      )
      const found = async (query: Omit<RowQuery, "limit">) =>
        (await store.find(table, { ...query, limit: 10 })).map(({ row }) => `${row["owner"]}${row["item"]}`)
      expect(await found({ where: { status: "open" } })).toEqual(["A2", "B1"])
      expect(await found({ where: { status: "done" } })).toEqual(["A1"])
      expect(await found({ where: { status: "open" }, cut: cutAt(3) })).toEqual(["A1", "A2", "B1"])
      expect(await found({ where: { owner: "A", status: ["open", "done"] } })).toEqual(["A1", "A2"])
      expect(await found({ where: { amount: 150000000n } })).toEqual(["A1"])
      expect(await found({ where: { at: plain.at, count: 0 } })).toEqual(["A1", "A2", "B1"])
      expect(await found({ where: { status: [] } })).toEqual([])
      expect(await found({ where: { owner: "x' OR 1=1 --" } })).toEqual([])
      expect(await found({ orderBy: "eventNo", descending: true })).toEqual(["A1", "B1", "A2"])
    })

    it("gives pages that together are everything, in order, in both directions", async () => {
      const rows = Array.from({ length: 23 }, (_, i) => thing(`o${i % 4}`, String(i), i + 1, { count: i % 5 }))
      await write(rows, 23)
      for (const query of [{}, { descending: true }, { orderBy: "count" }, { orderBy: "count", descending: true }]) {
        const whole = await store.find(table, { ...query, limit: 100 })
        expect(whole).toHaveLength(23)
        const paged: Array<RowVersion> = []
        for (;;) {
          const last = paged.at(-1)
          const after = last === undefined ? {} : { after: cursorOf(table, query, last) }
          const page = await store.find(table, { ...query, ...after, limit: 5 })
          paged.push(...page)
          if (page.length < 5) break
        }
        expect(paged).toEqual(whole)
      }
    })

    it("loads thousands of rows by their keys", async () => {
      const rows = Array.from({ length: 3_000 }, (_, i) => thing(`owner-${i}`, `it's \\ ${i}`, i + 1))
      await write(rows, 3_000)
      const keys = rows.map(({ row }) => [row["owner"], row["item"]] as [string, string])
      const loaded = await store.load(table, 0, keys, 3_000)
      expect(loaded).toHaveLength(3_000)
      expect(new Set(loaded.map(({ eventNo }) => eventNo)).size).toBe(3_000)
    })

    it("forgets a projection, and nothing else", async () => {
      await store.write([{ table, versions: [thing("A", "1", 1)] }], [standing(1), standing(1, perEvent)])
      await store.drop(table)
      await store.prepare([table])
      expect(await store.positions(table)).toEqual(new Map())
      expect(await all(store, table, cutAt(9))).toEqual([])
      expect((await store.positions(perEvent)).get(0)).toEqual(standing(1).position)
      await write([thing("B", "1", 1)], 1) // a position below the old one counts again
      expect(await all(store)).toEqual([thing("B", "1", 1)])
    })

    it("shows the same rows however their writing was cut, repeated and broken off", async () => {
      const story = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.bigInt({ min: -5n, max: 5n })), {
        minLength: 1,
        maxLength: 20
      })
      const cuts = fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), dies: fc.boolean() }), {
        minLength: 30,
        maxLength: 30
      })
      await fc.assert(
        fc.asyncProperty(story, cuts, async (events, batches) => {
          await store.drop(table)
          await store.prepare([table])
          const versions = events.map(([item, amount], i) => thing("A", String(item), i + 1, { amount }))
          let at = 0
          for (const { size, dies } of batches) {
            const batch = versions.slice(at, at + size)
            if (batch.length === 0) break
            await store.write([{ table, versions: batch }], dies ? [] : [standing(at + batch.length)])
            if (!dies) at += batch.length
          }
          await write(versions.slice(at), versions.length)
          const newest = new Map(versions.map((version) => [version.row["item"], version]))
          const expected = [...newest.values()].toSorted((a, b) => (a.row["item"]! < b.row["item"]! ? -1 : 1))
          expect(await all(store)).toEqual(expected)
        }),
        { numRuns: 6 }
      )
    })
  })
