import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest"
import { type ClickHouse, connectClickHouse } from "#infra/clickhouse/connect.ts"
import { ClickHouseRefused, ClickHouseUnavailable } from "#infra/clickhouse/failures.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { freshClickHouse, withEngine } from "./embedded.ts"

const columns = ["id", "amount", "at", "note", "tags"] as const

/** The same tests on both kinds of store. */
function suite(open: () => Promise<{ clickhouse: ClickHouse; close: () => Promise<void> }>): void {
  let clickhouse: ClickHouse
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ clickhouse, close } = await open())
  })
  beforeEach(async () => {
    await clickhouse.command(`CREATE OR REPLACE TABLE facts
      (id UInt64, amount Decimal(38, 18), at DateTime64(9, 'UTC'), note Nullable(String), tags Array(Int64),
       words Map(String, Array(Nullable(String))), flag Bool)
      ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`)
  })
  afterAll(() => close())

  const rowOf = (id: bigint, note: string | null = null) => [id, "1.5", "2026-11-20T01:02:03Z", note, []]

  test("money, times and 64-bit numbers are exact both ways", async () => {
    const largest = "99999999999999999999.999999999999999999"
    const time = "2026-11-20 23:59:59.123456789"
    const awkward = "tab\tquote'\"back\\slash\nline 😀 \u0000"
    await clickhouse.insert("facts", columns, [
      [18446744073709551615n, largest, time, awkward, [-9223372036854775808n, 9007199254740993n]],
      [9007199254740993n, `-${largest}`, "2026-11-20T23:59:59.123456789Z", null, []]
    ])
    expect(await clickhouse.query("SELECT id, amount, at, note, tags FROM facts ORDER BY id DESC")).toEqual([
      {
        id: "18446744073709551615",
        amount: largest,
        at: time,
        note: awkward,
        tags: ["-9223372036854775808", "9007199254740993"]
      },
      { id: "9007199254740993", amount: `-${largest}`, at: time, note: null, tags: [] }
    ])
    const params = { id: 18446744073709551615n, amount: largest, at: time, note: awkward, ids: [9007199254740993n, 1n] }
    const bound = `SELECT {id:UInt64} AS id, {amount:Decimal(38, 18)} AS amount, {at:DateTime64(9, 'UTC')} AS at,
      {note:String} AS note, {ids:Array(UInt64)} AS ids`
    expect(await clickhouse.query(bound, params)).toEqual([
      { id: "18446744073709551615", amount: largest, at: time, note: awkward, ids: ["9007199254740993", "1"] }
    ])
    const found = await clickhouse.query("SELECT id FROM facts WHERE amount = {amount:Decimal(38, 18)}", {
      amount: largest
    })
    expect(found).toEqual([{ id: "18446744073709551615" }])
  })

  test("arrays, maps and flags", async () => {
    const words = new Map([["it's\t", ["a'b\\", null, "line\n", "\r\0"]]])
    await clickhouse.insert(
      "facts",
      ["id", "words", "flag"],
      [
        [1, words, true],
        [2, new Map(), false]
      ]
    )
    expect(await clickhouse.query("SELECT words, flag FROM facts ORDER BY id")).toEqual([
      { words: Object.fromEntries(words), flag: true },
      { words: {}, flag: false }
    ])
  })

  test("what would be stored as something else is refused before it is sent", async () => {
    const bad = [NaN, Infinity, 2 ** 53, undefined, new Date(), () => 1, Symbol("x")]
    for (const value of bad) {
      await expect(clickhouse.insert("facts", ["amount"], [[value]])).rejects.toThrow(TypeError)
    }
    await expect(clickhouse.insert("facts", columns, [[1n, "1"]])).rejects.toThrow("2 values for 5 columns")
    await expect(clickhouse.query("SELECT {d:String}", { d: new Date() })).rejects.toThrow(TypeError)
    for (const value of [null, "1.5", "-1", "many"]) {
      await expect(clickhouse.insert("facts", ["id"], [[value]])).rejects.toThrow(ClickHouseRefused)
    }
    await expect(clickhouse.insert("facts", ["amount"], [["123456789012345678901"]])).rejects.toMatchObject({
      code: 69
    })
    await expect(clickhouse.insert("facts", ["id", "none"], [[1n, 2n]])).rejects.toThrow(ClickHouseRefused)
    expect(await clickhouse.query("SELECT count() AS rows FROM facts")).toEqual([{ rows: "0" }])
  })

  test("errors carry ClickHouse's code and name", async () => {
    const failure = await clickhouse.query("SELECT * FROM missing").catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ClickHouseRefused)
    expect(failure).toMatchObject({ code: 60, type: "UNKNOWN_TABLE" })
    await expect(clickhouse.command("SELEC 1")).rejects.toMatchObject({ code: 62, type: "SYNTAX_ERROR" })
    await expect(clickhouse.query("SELECT {n:UInt8}", { n: "many" })).rejects.toMatchObject({ code: 457 })
    const halfway = "SELECT number, throwIf(number = 2000000) FROM numbers(3000000) SETTINGS max_threads = 1"
    await expect(clickhouse.query(halfway)).rejects.toMatchObject({ code: 395 })
    const reading = async () => {
      for await (const rows of clickhouse.stream(halfway)) expect(rows.length).toBeGreaterThan(0)
    }
    await expect(reading()).rejects.toMatchObject({ code: 395 })
  })

  test("a token makes a repeated insert harmless, and only that one", async () => {
    const token = { insert_deduplication_token: "it's 0-1" }
    await clickhouse.insert("facts", columns, [rowOf(1n), rowOf(2n)], token)
    await clickhouse.insert("facts", columns, [rowOf(1n, "other bytes"), rowOf(2n)], token)
    await clickhouse.insert("facts", columns, [rowOf(3n)])
    await clickhouse.insert("facts", columns, [])
    expect(await clickhouse.query("SELECT id FROM facts ORDER BY id")).toEqual([{ id: "1" }, { id: "2" }, { id: "3" }])
  })

  test("a large answer comes in pieces; leaving early ends it", async () => {
    const sql = "SELECT number AS n, toString(number) AS s FROM numbers({rows:UInt64}) ORDER BY n"
    let next = 0
    let pieces = 0
    for await (const rows of clickhouse.stream<{ n: string; s: string }>(sql, { rows: 300_000 })) {
      pieces += 1
      for (const { n, s } of rows) {
        if (n !== String(next) || s !== n) throw new Error(`row ${next} is ${n}, ${s}`)
        next += 1
      }
    }
    expect([next, pieces > 10]).toEqual([300_000, true])
    for await (const rows of clickhouse.stream(sql, { rows: 3_000_000 })) if (rows.length > 0) break
    await clickhouse.ping()
  })

  test("many values in one parameter", async () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => BigInt(i))
    const sql = "SELECT count() AS n FROM numbers(30000) WHERE number IN {ids:Array(UInt64)}"
    expect(await clickhouse.query(sql, { ids })).toEqual([{ n: "20000" }])
  })
}

describe("connect to embedded clickhouse", withEngine, () => {
  suite(async () => {
    const store = await freshClickHouse()
    const clickhouse = await connectClickHouse(store)
    const close = async () => {
      await clickhouse.close()
      await store[Symbol.asyncDispose]()
    }
    return { clickhouse, close }
  })

  test("wrong password, nobody there, cut off in the middle: each is a typed error", async () => {
    await using store = await freshClickHouse()
    await expect(connectClickHouse({ ...store, password: "wrong" })).rejects.toMatchObject({ code: 516 })
    const clickhouse = await connectClickHouse(store)
    expect(clickhouse.database).toBe("trade")
    let isKilled = false
    const reading = async () => {
      for await (const rows of clickhouse.stream("SELECT number FROM numbers(20000000)")) {
        if (isKilled || rows.length === 0) continue // rows that were on their way still come
        isKilled = process.kill(store.pid, "SIGKILL")
      }
    }
    await expect(reading()).rejects.toThrow(ClickHouseUnavailable)
    await expect(clickhouse.query("SELECT 1")).rejects.toThrow(ClickHouseUnavailable)
    await expect(clickhouse.command("SELECT 1")).rejects.toThrow(ClickHouseUnavailable)
    await clickhouse.close()
  })
})

const serverUrl = inject("clickhouseUrl")

describe("connect to a clickhouse server", skipWithout(serverUrl, "no ClickHouse server"), () => {
  suite(async () => {
    const database = `trade_test_${process.pid}`
    const clickhouse = await connectClickHouse({ url: serverUrl ?? "", database })
    const close = async () => {
      await clickhouse.command(`DROP DATABASE ${database}`)
      await clickhouse.close()
    }
    return { clickhouse, close }
  })
})
