import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Fresh, freshClickHouse, post, withEngine } from "./embedded.ts"

describe("embedded clickhouse: what one request sets, the next does not see", withEngine, () => {
  let store: Fresh
  beforeAll(async () => {
    store = await freshClickHouse({ slots: 2 })
    await post(store, "CREATE DATABASE other")
  })
  afterAll(() => store[Symbol.asyncDispose]())

  test("a parameter", async () => {
    for (let round = 0; round < 6; round += 1) {
      expect((await post(store, "SELECT {word:String}", { param_word: "secret" })).text).toBe("secret\n")
      const after = await post(store, "SELECT {word:String}")
      expect([after.status, after.text]).toEqual([400, expect.stringContaining("Substitution `word` is not set")])
    }
  })

  test("a parameter of a request that failed", async () => {
    const failed = await post(store, "SELECT throwIf({n:UInt8} = 1)", { param_n: "1" })
    expect(failed.headers.get("x-clickhouse-exception-code")).toBe("395")
    for (let round = 0; round < 4; round += 1) expect((await post(store, "SELECT {n:UInt8}")).status).toBe(400)
  })

  test("the database of a header or of the URL", async () => {
    const asked = { headers: { "X-ClickHouse-Database": "other" } }
    for (let round = 0; round < 4; round += 1) {
      expect((await post(store, "SELECT currentDatabase()", {}, asked)).text).toBe("other\n")
      expect((await post(store, "SELECT currentDatabase()", { database: "other" })).text).toBe("other\n")
      expect((await post(store, "SELECT currentDatabase()")).text).toBe("default\n")
    }
    expect((await post(store, "SELECT 1", { database: "none" })).status).toBe(404)
  })

  test("a setting, in the URL, in SETTINGS, by SET or by a failing statement", async () => {
    const threads = "SELECT getSetting('max_threads')"
    const usual = (await post(store, threads)).text
    expect((await post(store, threads, { max_threads: "7" })).text).toBe("7\n")
    await post(store, "SET max_threads = 7")
    await post(store, "SELECT 1 SETTINGS max_threads = 7")
    await post(store, "SELECT nonsense", { max_threads: "7" })
    await post(store, "SELECT 1", { max_threads: "7", no_such_setting: "1" })
    for (let round = 0; round < 6; round += 1) expect((await post(store, threads)).text).toBe(usual)
  })

  test("a deduplication token: the next insert is not swallowed", async () => {
    const window = "SETTINGS non_replicated_deduplication_window = 100"
    await post(store, `CREATE TABLE rows (id UInt64) ENGINE = MergeTree ORDER BY id ${window}`)
    const insert = { query: "INSERT INTO rows FORMAT TSV" }
    await post(store, "1\n", { ...insert, insert_deduplication_token: "first" })
    await post(store, "2\n", insert)
    await post(store, "3\n", { query: "INSERT INTO rows SETTINGS insert_deduplication_token = 'second' FORMAT TSV" })
    await post(store, "4\n", insert)
    expect((await post(store, "SELECT groupArray(id) FROM (SELECT id FROM rows ORDER BY id)")).text).toBe("[1,2,3,4]\n")
    await post(store, "5\n", { ...insert, insert_deduplication_token: "first" }) // and a token does what it is for
    expect((await post(store, "SELECT count() FROM rows")).text).toBe("4\n")
  })

  test("rows of a query that failed halfway", async () => {
    const wrong: string[] = []
    const failing = "SELECT number, throwIf(number = 300000) FROM numbers(400000)"
    const ask = async (n: number): Promise<void> => {
      const format = n % 2 === 0 ? "FORMAT TSV" : "" // with it the answer goes through a file
      if (n % 5 === 0) {
        const { status, text } = await post(store, `${failing} ${format}`)
        if (status === 200 || !text.startsWith("Code: 395")) wrong.push(`${n}: ${status} ${text.slice(0, 80)}`)
      } else {
        const { text } = await post(store, `SELECT ${n} ${format}`)
        if (text !== `${n}\n`) wrong.push(`${n}: ${text.slice(0, 80)}`)
      }
    }
    let next = 0
    const asker = async (): Promise<void> => {
      while (next < 300) await ask(next++)
    }
    await Promise.all(Array.from({ length: 6 }, asker))
    expect(wrong).toEqual([])
  })

  test("a temporary table; sessions are refused instead of forgotten", async () => {
    await post(store, "CREATE TEMPORARY TABLE passing (a UInt8)")
    expect((await post(store, "SELECT * FROM passing")).status).toBe(404)
    const asked = await post(store, "SELECT 1", { session_id: "mine" })
    expect([asked.status, asked.text]).toEqual([501, expect.stringContaining("session_id")])
  })

  test("several statements in one request are refused", async () => {
    await post(store, "CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a")
    expect((await post(store, "SELECT 1; DROP TABLE kept")).text).toContain("Multi-statements are not allowed")
    expect((await post(store, "SELECT '; not one' /* ; */;")).text).toBe("; not one\n")
    expect((await post(store, "EXISTS kept")).text).toBe("1\n")
  })
})
