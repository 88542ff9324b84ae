import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { connectClickHouse } from "#infra/clickhouse/connect.ts"
import { startEmbeddedClickHouse } from "#infra/clickhouse/embedded/start.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { freshClickHouse, isAlive, post, withEngine } from "./embedded.ts"

type Said = { readonly url: string; readonly password: string; readonly pid: number; readonly error?: string }

async function parent(...args: string[]): Promise<{ process: ChildProcess; said: Said }> {
  const program = fileURLToPath(new URL("./parent/main.ts", import.meta.url))
  const started = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"], detached: true })
  const [line] = (await once(createInterface({ input: started.stdout }), "line")) as [string]
  return { process: started, said: JSON.parse(line) as Said }
}

async function secondsUntilGone(pid: number): Promise<number> {
  const begun = performance.now()
  while (isAlive(pid) && performance.now() - begun < 10_000) await sleep(10)
  return (performance.now() - begun) / 1000
}

const slow = "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1"
const kept = { username: "default", stop: async () => {} }

describe("embedded clickhouse: life and death", withEngine, () => {
  test.each(["the parent alone", "its whole process group"])(
    "kill -9 of %s ends the child, and the next start works",
    async (what) => {
      using folder = tempDir("clickhouse")
      const first = await parent(folder.path)
      await post({ ...first.said, ...kept }, "CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a")
      const busy = post({ ...first.said, ...kept }, slow).catch(() => "cut off")
      await sleep(100)
      const pid = first.process.pid as number
      process.kill(what === "the parent alone" ? pid : -pid, "SIGKILL")
      expect(await secondsUntilGone(first.said.pid)).toBeLessThan(5)
      expect(await busy).toBe("cut off")
      await using again = await freshClickHouse({ directory: folder.path })
      expect((await post(again, "EXISTS kept")).text).toBe("1\n")
    }
  )

  test("a start right after the kill waits for the lock", async () => {
    using folder = tempDir("clickhouse")
    const first = await parent(folder.path)
    setTimeout(() => process.kill(first.process.pid as number, "SIGKILL"), 1200)
    await using again = await freshClickHouse({ directory: folder.path })
    expect((await post(again, "SELECT 1")).text).toBe("1\n")
  })

  test("a second instance on the folder says who holds it, and does not disturb the first", async () => {
    await using first = await freshClickHouse()
    await post(first, "CREATE TABLE kept (a UInt64) ENGINE = MergeTree ORDER BY a")
    // An answer is on its way through a file of the first one while the second one tries.
    const headers = { "X-ClickHouse-Key": first.password }
    const body = "SELECT number FROM numbers(5000000) FORMAT TSV"
    const reading = await fetch(first.url, { method: "POST", body, headers })
    const { said } = await parent(first.directory, "500")
    expect(said.error).toBe(
      `The ClickHouse folder ${first.directory} is held by another running instance (process ${first.pid}). ` +
        "Stop that one, or choose another data folder."
    )
    expect((await reading.text()).length).toBe(38_888_890)
    expect((await post(first, "1\n", { query: "INSERT INTO kept FORMAT TSV" })).status).toBe(200)
    expect((await post(first, "SELECT * FROM kept")).text).toBe("1\n")
  })

  test("a folder that cannot be made, and a port in use, are named", async () => {
    using folder = tempDir("clickhouse")
    const file = join(folder.path, "file")
    writeFileSync(file, "")
    await expect(startEmbeddedClickHouse({ directory: file })).rejects.toThrow(`${file} cannot be written`)
    const other = createServer().listen(0, "127.0.0.1")
    await once(other, "listening")
    const { port } = other.address() as { port: number }
    await expect(startEmbeddedClickHouse({ directory: folder.path, port })).rejects.toThrow(`port ${port}`)
    other.close()
    await using _later = await freshClickHouse({ directory: folder.path })
  })

  test("stop ends it once; an end of its own is reported", async () => {
    const ends: string[] = []
    await using store = await freshClickHouse({ onExit: (how) => ends.push(how) })
    await Promise.all([store.stop(), store.stop()])
    expect([isAlive(store.pid), ends]).toEqual([false, []])
    await using other = await freshClickHouse({ onExit: (how) => ends.push(how) })
    process.kill(other.pid, "SIGKILL")
    await expect.poll(() => ends).toEqual(["SIGKILL"])
  })

  test("stop lets short statements finish and cuts off a long one", async () => {
    await using store = await freshClickHouse()
    const short = post(store, "SELECT sleep(1)")
    const long = post(store, slow).catch(() => "cut off")
    await sleep(200)
    const begun = performance.now()
    await store.stop()
    expect(performance.now() - begun).toBeLessThan(15_000)
    expect([(await short).text, await long]).toEqual(["0\n", "cut off"])
  })

  test("kill -9 under inserts: what was answered is there, whole", async () => {
    using folder = tempDir("clickhouse")
    const size = 500
    let answered = -1
    for (let round = 0; round < 3; round += 1) {
      await using store = await freshClickHouse({ directory: folder.path })
      const clickhouse = await connectClickHouse(store)
      await clickhouse.command(
        "CREATE TABLE IF NOT EXISTS batches (batch UInt32, i UInt32, pad String) ENGINE = MergeTree ORDER BY (batch, i)"
      )
      const seen = await clickhouse.query<{ batch: number; rows: string }>(
        "SELECT batch, count() AS rows FROM batches GROUP BY batch ORDER BY batch"
      )
      expect(seen.filter(({ rows }) => rows !== String(size))).toEqual([])
      const found = new Set(seen.map(({ batch }) => batch))
      for (let batch = 0; batch <= answered; batch += 1) expect(found).toContain(batch)
      setTimeout(() => process.kill(store.pid, "SIGKILL"), 600 + round * 150)
      // A batch that was cut off may be there or not: its number is not used again.
      let batch = Math.max(answered, seen.at(-1)?.batch ?? -1) + 1
      if (batch > 0) answered = batch - 1
      for (; ; batch += 1) {
        const rows = Array.from({ length: size }, (_, i) => [batch, i, "x".repeat(100)])
        const stored = await clickhouse.insert("batches", ["batch", "i", "pad"], rows).then(
          () => true,
          () => false
        )
        if (!stored) break
        answered = batch
      }
      await clickhouse.close()
      expect(answered).toBeGreaterThan(round * 5)
    }
  })
})
