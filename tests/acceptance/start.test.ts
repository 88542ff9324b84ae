import { createServer } from "node:net"
import { once } from "node:events"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { freeOffset, startPlatform, type Platform } from "#tests/support/platform.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade, tradeJson } from "#tests/support/trade.ts"

const ORDER = '{"account":"test_account","symbol":"BTCUSDT","side":"buy","type":"limit","quantity":0.1,"price":45000.0}'
const get = async (platform: Platform, port: number, path: string) =>
  (await fetch(platform.url(port, path))).json() as Promise<Record<string, unknown>>
const quiet = ["--no-demo"]

describe("a platform", () => {
  test("takes the order of the README, shows it, and goes on after a restart with prices and order", async () => {
    using folder = tempDir("start")
    const first = await startPlatform({ data: folder.path })
    const headers = { "content-type": "application/json" }
    const response = await fetch(first.url(8099, "/orders"), { method: "POST", headers, body: ORDER })
    const order = (await response.json()) as { orderId: string; status: string }
    expect([response.status, order.status]).toEqual([201, "PendingNew"])
    expect(await get(first, 8099, `/orders/${order.orderId}`)).toMatchObject({
      orderId: order.orderId,
      quantity: "0.1"
    })
    expect(await get(first, 8100, "/pnl/realtime?account=demo")).toMatchObject({ account: "demo", currency: "USDT" })
    for (const port of [8080, 8084, 8098, 8099, 8100]) {
      expect((await get(first, port, "/health"))["status"]).not.toBe("down")
      expect(await get(first, port, "/openapi.json")).toHaveProperty("paths")
      expect(await (await fetch(first.url(port, "/metrics"))).text()).toContain("http_requests_total")
      expect((await fetch(first.url(port, "/docs"))).status).toBe(200)
    }
    const before = (await get(first, 8084, "/venue/status"))["mdNo"] as number
    expect(await first.stop()).toBe(0)
    await isProved(folder.path, order.orderId)
    const again = await startPlatform({ data: folder.path, env: { TRADE2026_SCRUB_SECONDS: "0.3" } })
    try {
      expect((await get(again, 8084, "/venue/status"))["mdNo"]).toBeGreaterThanOrEqual(before)
      expect(await get(again, 8099, `/orders/${order.orderId}`)).toMatchObject({ orderId: order.orderId })
      flipByte(join(folder.path, "ledger.sqlite"), 4)
      await until(() => again.output().includes("ALERT  scrub: ledger, partition 0: commit 4 is changed"))
      expect(await get(again, 8099, "/health")).toMatchObject({
        status: "degraded",
        checks: { copies: { status: "degraded", detail: expect.stringContaining("commit 4 is changed") } }
      })
      expect(await (await fetch(again.url(8099, "/metrics"))).text()).toMatch(/^ledger_copy_faults\{.*\} [1-9]/mu)
    } finally {
      await again.stop()
    }
  })

  test("says in a sentence why it does not start, and does no damage", async () => {
    using folder = tempDir("start")
    const owner = await startPlatform({ data: folder.path, args: quiet })
    await expect(startPlatform({ data: folder.path, args: quiet })).rejects.toThrow(
      /in use by another running instance \(process \d+\)/u
    )
    expect(await get(owner, 8099, "/health")).toMatchObject({ checks: { writer: { status: "ok" } } })
    await owner.stop()

    const portOffset = await freeOffset()
    const taken = createServer().listen(8099 + portOffset, "127.0.0.1")
    await once(taken, "listening")
    await expect(startPlatform({ data: folder.path, args: quiet, portOffset })).rejects.toThrow(
      /Port \d+ of oms is in use.*TRADE2026_PORT_OFFSET/u
    )
    taken.close()
    await expect(startPlatform({ data: folder.path, args: ["--profile", "x"] })).rejects.toThrow(
      /--profile is embedded or servers/u
    )

    flipByte(join(folder.path, "ledger.sqlite"), 4)
    await expect(startPlatform({ data: folder.path, args: quiet })).rejects.toThrow(
      /damaged at commit 4: its hash differs.*trade -- verify/u
    )
    const { code, stdout } = await trade(["verify", "--data", folder.path])
    expect(code).toBe(1)
    expect(stdout).toContain("damaged at commit 4")
  })
})

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await sleep(50)
}

/** A platform that was stopped has signed and archived its last commit; whoever has the file and the key believes it. */
const isProved = async (data: string, orderId: string): Promise<void> => {
  using elsewhere = tempDir("proved")
  const copy = `sqlite:${join(elsewhere.path, "ledger.sqlite")}`
  const restored = await tradeJson(["restore", "--from", join(data, "archive"), "--to", copy])
  const db = new DatabaseSync(join(data, "ledger.sqlite"), { readOnly: true })
  const commits = Number(db.prepare("select max(no) as no from commits").get()!["no"])
  db.close()
  expect(restored).toMatchObject({ ok: true, partitions: [{ partition: 0, commits }] })
  const { keys, newest } = (await tradeJson(["anchors", "--data", data])) as {
    readonly keys: ReadonlyArray<{ readonly publicKey: string }>
    readonly newest: ReadonlyArray<{ readonly no: number }>
  }
  expect(newest[0]!.no).toBe(commits)
  const file = join(elsewhere.path, "order.json")
  await tradeJson(["audit", "order", orderId, "--proof", file, "--data", data])
  expect(await tradeJson(["verify-proof", file, "--key", keys[0]!.publicKey])).toMatchObject({ order: orderId })
}

const flipByte = (file: string, no: number): void => {
  const db = new DatabaseSync(file)
  const { body } = db.prepare("select body from commits where no = ?").get(no) as { body: Uint8Array }
  const changed = Buffer.from(body)
  changed[60]! ^= 1
  db.prepare("update commits set body = ? where no = ?").run(changed, no)
  db.close()
}
