import { readdirSync } from "node:fs"
import { join } from "node:path"
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type Fresh, freshClickHouse, post, withEngine } from "./embedded.ts"

describe("embedded clickhouse: bodies", withEngine, () => {
  let store: Fresh
  beforeAll(async () => {
    store = await freshClickHouse()
    await post(store, "CREATE TABLE bytes (id UInt64, body String) ENGINE = MergeTree ORDER BY id")
  })
  beforeEach(async () => {
    await post(store, "TRUNCATE TABLE bytes")
  })
  afterAll(() => store[Symbol.asyncDispose]())

  const into = (format: string, settings = "") => ({
    query: `INSERT INTO bytes (id, body)${settings} FORMAT ${format}`
  })
  const count = async () => Number((await post(store, "SELECT count() FROM bytes")).text)

  const rowBinary = (rows: number, body: Buffer): Buffer =>
    Buffer.concat(
      Array.from({ length: rows }, (_, id) => {
        const head = Buffer.alloc(9)
        head.writeBigUInt64LE(BigInt(id) + (1n << 63n))
        head.writeUInt8(body.length, 8)
        return Buffer.concat([head, body])
      })
    )
  const awkward = Buffer.from([0, 0xff, 10, 13, 39, 92, 0xc3, 0x28])

  test.each([3, 200_000])("%i rows of RowBinary arrive byte for byte", async (rows) => {
    const sent = await post(store, new Uint8Array(rowBinary(rows, awkward)), into("RowBinary"))
    expect(JSON.parse(sent.headers.get("x-clickhouse-summary") ?? "")).toMatchObject({ written_rows: String(rows) })
    const found = await post(store, "SELECT count(), min(id), any(hex(body)), uniqExact(body) FROM bytes")
    expect(found.text).toBe(`${rows}\t${1n << 63n}\t${awkward.toString("hex").toUpperCase()}\t1\n`)
  })

  test.each(["Parquet", "Arrow", "Native", "JSONEachRow"])("%s goes out and comes back in", async (format) => {
    const source = `SELECT number AS id, concat('row', toString(number)) AS body FROM numbers(100000) FORMAT ${format}`
    const headers = { "X-ClickHouse-Key": store.password }
    const out = await (await fetch(store.url, { method: "POST", body: source, headers })).bytes()
    expect((await post(store, out, into(format))).status).toBe(200)
    expect((await post(store, "SELECT count(), sum(id), uniqExact(body) FROM bytes")).text).toBe(
      "100000\t4999950000\t100000\n"
    )
  })

  test("compressed in any of four ways; a damaged one stores nothing", async () => {
    const text = Buffer.from('{"id":"1","body":"x"}\n'.repeat(100_000))
    const ways = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }
    for (const [encoding, compress] of Object.entries(ways)) {
      const headers = { "Content-Encoding": encoding }
      expect((await post(store, new Uint8Array(compress(text)), into("JSONEachRow"), { headers })).status).toBe(200)
    }
    expect(await count()).toBe(400_000)
    const headers = { "Content-Encoding": "gzip" }
    const cut = new Uint8Array(gzipSync(text).subarray(0, 500))
    expect((await post(store, cut, into("JSONEachRow"), { headers })).status).toBe(400)
    expect((await post(store, "x", into("JSONEachRow"), { headers: { "Content-Encoding": "lz4" } })).status).toBe(400)
    expect(await count()).toBe(400_000)
    expect(readdirSync(join(store.directory, "passing"))).toEqual([])
  })

  test("settings of a large insert hold", async () => {
    const window = "SETTINGS non_replicated_deduplication_window = 10"
    await post(store, `CREATE OR REPLACE TABLE tokens (id UInt64) ENGINE = MergeTree ORDER BY id ${window}`)
    const rows = "1\n".repeat(800_000)
    const query =
      "INSERT INTO tokens SETTINGS insert_deduplication_token = 'a, FORMAT b', max_insert_threads=1 FORMAT TSV"
    for (const body of [rows, rows.replaceAll("1", "2")]) expect((await post(store, body, { query })).text).toBe("")
    expect((await post(store, "SELECT count(), max(id) FROM tokens")).text).toBe("800000\t1\n")
  })

  test("inserts in other forms", async () => {
    await post(store, "INSERT INTO bytes VALUES (1, 'a; FORMAT TSV'), (2, 'b')")
    await post(store, "(3, 'c')", { query: "INSERT INTO bytes VALUES" })
    await post(store, "(4, {word:String})", { query: "INSERT INTO `bytes` (id, body) VALUES", param_word: "d" })
    await post(store, '/* by hand */ INSERT INTO TABLE bytes FORMAT JSONEachRow\n{"id":5,"body":"e"}\n')
    await post(store, "", { query: "INSERT INTO bytes SELECT 6, 'VALUES'" })
    await post(store, "SELECT 7, 'g'", { query: "INSERT INTO bytes " })
    expect((await post(store, "", into("TSV"))).status).toBe(200)
    expect((await post(store, "", { query: "INSERT INTO missing FORMAT TSV" })).status).toBe(404)
    const input = await post(store, "8\th\n", {
      query: "INSERT INTO bytes SELECT * FROM input('a UInt64, b String') FORMAT TSV"
    })
    expect([input.status, input.text]).toEqual([501, expect.stringContaining("input()")])
    expect((await post(store, "SELECT groupArray(id) FROM (SELECT id FROM bytes ORDER BY id)")).text).toBe(
      "[1,2,3,4,5,6,7]\n"
    )
  })

  test("empty lines in rows are rows, not the end of the statement", async () => {
    await post(store, "CREATE OR REPLACE TABLE lines (line String) ENGINE = MergeTree ORDER BY tuple()")
    const rows = "\n\na\n\nDROP TABLE lines\n"
    await post(store, rows, { query: "INSERT INTO lines FORMAT TSV" })
    await post(store, `INSERT INTO lines FORMAT TSV\n${rows}`)
    await post(store, `INSERT INTO lines FORMAT CSV\n"x\n\nDROP TABLE lines"\n`)
    await post(store, `INSERT INTO lines VALUES ('y\n\nDROP TABLE lines'),\n\n('z')`)
    const found = await post(
      store,
      "SELECT line, count() FROM lines GROUP BY line ORDER BY line FORMAT JSONCompactEachRow"
    )
    const drop = "DROP TABLE lines"
    expect(
      found.text
        .trim()
        .split("\n")
        .map((row) => JSON.parse(row) as unknown)
    ).toEqual([
      ["", 6],
      [drop, 2],
      ["a", 2],
      [`x\n\n${drop}`, 1],
      [`y\n\n${drop}`, 1],
      ["z", 1]
    ])
  })

  test("parameters as a form, answers compressed", async () => {
    const form = new FormData()
    form.set("query", "SELECT length({ids:Array(String)}) FORMAT TSV")
    form.set("param_ids", `[${"'abc',".repeat(9_999)}'abc']`)
    expect((await post(store, form)).text).toBe("10000\n")
    const zipped = await post(store, "SELECT * FROM numbers(1000) FORMAT TSV", { enable_http_compression: "1" })
    expect(zipped.headers.get("content-encoding")).toBe("gzip")
    expect(zipped.text.split("\n")).toHaveLength(1001)
  })
})
