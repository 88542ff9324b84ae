import { createServer } from "node:net"
import { once } from "node:events"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, test } from "vitest"
import { freeOffset, startPlatform, type Platform } from "#tests/support/platform.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade } from "#tests/support/trade.ts"

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
    const again = await startPlatform({ data: folder.path })
    try {
      expect((await get(again, 8084, "/venue/status"))["mdNo"]).toBeGreaterThanOrEqual(before)
      expect(await get(again, 8099, `/orders/${order.orderId}`)).toMatchObject({ orderId: order.orderId })
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

const flipByte = (file: string, no: number): void => {
  const db = new DatabaseSync(file)
  const { body } = db.prepare("select body from commits where no = ?").get(no) as { body: Uint8Array }
  const changed = Buffer.from(body)
  changed[60]! ^= 1
  db.prepare("update commits set body = ? where no = ?").run(changed, no)
  db.close()
}
