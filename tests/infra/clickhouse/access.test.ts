import { request } from "node:http"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Fresh, freshClickHouse, post, withEngine } from "./embedded.ts"

describe("embedded clickhouse: who is let in", withEngine, () => {
  let store: Fresh
  beforeAll(async () => {
    store = await freshClickHouse()
  })
  afterAll(() => store[Symbol.asyncDispose]())

  const statusFor = (host: string, path = "/?query=SELECT+1"): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { Host: host, "X-ClickHouse-Key": store.password }
      const asking = request(store.url + path, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asking.on("error", reject).end()
    })

  test("only who calls it by a name of this machine", async () => {
    const { port } = new URL(store.url)
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, "localhost", `[::1]:${port}`]) {
      expect([host, await statusFor(host)]).toEqual([host, 200])
    }
    for (const host of ["evil.example", `evil.example:${port}`, "localhost.evil.example", "127.0.0.1.evil.example"]) {
      expect([host, await statusFor(host)]).toEqual([host, 403])
      expect([host, await statusFor(host, "/ping")]).toEqual([host, 403])
    }
  })

  test("only with the key", async () => {
    const basic = (password: string) => `Basic ${Buffer.from(`default:${password}`).toString("base64")}`
    const tries: [Record<string, string>, number][] = [
      [{ "X-ClickHouse-Key": store.password }, 200],
      [{ Authorization: basic(store.password) }, 200],
      [{ "X-ClickHouse-Key": `${store.password}x` }, 403],
      [{ "X-ClickHouse-Key": "" }, 403],
      [{ Authorization: basic("") }, 403],
      [{}, 403]
    ]
    for (const [headers, status] of tries) {
      const response = await fetch(`${store.url}/?query=SELECT+1`, { headers })
      expect(response.status).toBe(status)
      if (status !== 200) expect(await response.text()).toMatch(/^Code: 516\. .*\(AUTHENTICATION_FAILED\)/)
    }
  })

  test("GET reads and cannot write", async () => {
    await post(store, "CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a")
    const headers = { "X-ClickHouse-Key": store.password }
    const get = (sql: string) => fetch(`${store.url}/?${new URLSearchParams({ query: sql }).toString()}`, { headers })
    expect(await (await get("SELECT count() FROM kept")).text()).toBe("0\n")
    for (const sql of ["DROP TABLE kept", "INSERT INTO kept VALUES (1)", "SET readonly = 0"]) {
      expect([sql, (await get(sql)).headers.get("x-clickhouse-exception-code")]).toEqual([sql, "164"])
    }
  })

  test("names in the URL do not become SQL", async () => {
    const bad = await post(store, "SELECT 1", { "max_threads = 1, readonly": "0" })
    expect([bad.status, bad.text]).toEqual([400, expect.stringContaining("not the name of a setting")])
    const quote = await post(store, "SELECT {word:String}", { param_word: String.raw`it\'s; DROP` })
    expect(quote.text).toBe("it\\'s; DROP\n")
    expect((await post(store, "SELECT 1", { database: "x`; DROP TABLE kept; --" })).status).toBe(404)
  })

  test("every statement has a time limit", async () => {
    const limit = await post(store, "SELECT getSetting('max_execution_time')")
    expect(limit.text).toBe("60\n")
    const endless = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"
    const stopped = await post(store, endless, { max_execution_time: "1" })
    expect([stopped.status, stopped.text]).toEqual([408, expect.stringContaining("TIMEOUT_EXCEEDED")])
  })
})
