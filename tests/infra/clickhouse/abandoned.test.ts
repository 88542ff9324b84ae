import { readdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Fresh, freshClickHouse, post, withEngine } from "./embedded.ts"

const slow = "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1"

describe("embedded clickhouse: requests whose caller went away", withEngine, () => {
  let store: Fresh
  beforeAll(async () => {
    store = await freshClickHouse({ slots: 2 })
  })
  afterAll(() => store[Symbol.asyncDispose]())

  const abandon = async (sql: string, count: number): Promise<void> => {
    const leave = new AbortController()
    const asked = Array.from({ length: count }, () =>
      post(store, sql, {}, { signal: leave.signal }).catch(() => "left")
    )
    await sleep(300)
    leave.abort()
    expect(await Promise.all(asked)).toEqual(asked.map(() => "left"))
  }

  test.each([slow, `${slow} FORMAT JSONEachRow`])("%s: ten of them free both slots at once", async (sql) => {
    await abandon(sql, 10)
    // left alone they would hold both slots for a minute
    expect((await post(store, "SELECT 1", {}, { signal: AbortSignal.timeout(20_000) })).text).toBe("1\n")
    const running = async () => (await post(store, "SELECT count() FROM system.processes")).text
    await expect.poll(running, { timeout: 20_000 }).toBe("1\n")
  })

  test("while they wait for a slot they are forgotten", async () => {
    const leave = new AbortController()
    const busy = [1, 2].map(() => post(store, slow, {}, { signal: leave.signal }).catch(() => "left"))
    await sleep(200)
    await abandon("CREATE TABLE never (a UInt8) ENGINE = MergeTree ORDER BY a", 5)
    leave.abort()
    await Promise.all(busy)
    expect((await post(store, "EXISTS never")).text).toBe("0\n")
  })

  test("an insert that is cut off while it is sent stores nothing", async () => {
    await post(store, "CREATE TABLE cut (a UInt64) ENGINE = MergeTree ORDER BY a")
    const leave = new AbortController()
    const begun = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from("1\n".repeat(1_000_000))),
      pull: () => new Promise(() => {})
    })
    const init = { signal: leave.signal, duplex: "half" } as RequestInit
    const sent = post(store, begun, { query: "INSERT INTO cut FORMAT TSV" }, init).catch(() => "left")
    await sleep(300)
    leave.abort()
    expect(await sent).toBe("left")
    await sleep(200)
    expect((await post(store, "SELECT count() FROM cut")).text).toBe("0\n")
  })

  test("an answer that is not read to its end leaves no file behind", async () => {
    const leave = new AbortController()
    const headers = { "X-ClickHouse-Key": store.password }
    const body = "SELECT number, toString(number) FROM numbers(1500000) FORMAT JSONEachRow"
    const response = await fetch(store.url, { method: "POST", body, headers, signal: leave.signal })
    await response.body?.getReader().read()
    leave.abort()
    await sleep(300)
    expect(readdirSync(join(store.directory, "passing"))).toEqual([])
    expect((await post(store, "SELECT count() FROM system.processes")).text).toBe("1\n")
  })
})
