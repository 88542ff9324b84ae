import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it } from "vitest"
import { progressOn } from "#services/trade/progress.ts"
import { VERBS } from "#services/trade/verbs.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { eventsOf } from "#tests/projections/story.ts"
import { storeOf, storyFolder, trade } from "./trade.ts"

describe("the command line", () => {
  it("helps, with all and with each", async () => {
    const all = await trade("x", ["--help"])
    expect(all.exitCode).toBe(0)
    for (const { name, summary } of VERBS) {
      expect(all.stdout).toContain(`${name} `)
      expect(all.stdout).toContain(summary)
      const one = await trade("x", [name, "--help"])
      expect([one.exitCode, one.stderr]).toEqual([0, ""])
      expect(one.stdout).toMatch(new RegExp(`^npm run trade -- ${name}`))
      expect(await trade("x", ["help", name])).toEqual(one)
      for (const line of one.stdout.split("\n")) expect(line.length).toBeLessThan(121)
    }
  })

  it.each([
    [[], "npm run trade -- VERB"],
    [["dance"], "there is no verb dance"],
    [["verify", "--colour", "red"], "Unknown option"],
    [["verify", "--data"], "argument missing"],
    [["verify", "data"], 'nothing is named after verify, but "data" is'],
    [["simulate", "7"], 'nothing is named after simulate, but "7" is'],
    [["report"], "which report?"],
    [["report", "tax"], "which report?"],
    [["report", "pnl"], "--account"],
    [["report", "pnl", "--account", "A", "--at", "yesterday"], "--at yesterday is no position"],
    [["audit", "order"], "audit what?"],
    [["audit", "order", "12"], "12 is no order id"],
    [["verify", "--log", "kafka:x"], "sqlite:FILE, nats:URL or kurrentdb:URL"],
    [["verify", "--partitions", "a"], "--partitions a"],
    [["replay", "--log", "sqlite:x"], "--into"],
    [["market", "play", "package.json", "--log", "kurrentdb"], "KURRENTDB_URL"],
    [["ledger"], "There is: copy"],
    [["ledger", "move", "--from", "sqlite:a", "--to", "sqlite:b"], "There is: copy"],
    [["ledger", "copy", "--from", "sqlite:a"], "--to is missing"],
    [["ledger", "copy", "--to", "nats:a"], "--from is missing"],
    [["ledger", "copy", "--from", "file:a", "--to", "nats:a"], "--from file:a: give sqlite:FILE"],
    [["ledger", "copy", "--from", "sqlite:a", "--to", "sqlite:a"], "the same place"],
    [["forget"], "--person ID"],
    [["forget", "o-1"], "--person ID"],
    [["forget", "--person", "Ada King"], "no owner's id"]
  ])("ends with 2 and a word on what is wrong: %j", async (args, words) => {
    const { exitCode, stdout, stderr } = await trade("x", args)
    expect([exitCode, stdout]).toEqual([2, ""])
    expect(stderr).toContain(words)
  })

  it("prints exactly one JSON document with --json, whatever comes of it", async () => {
    using folder = tempDir("trade")
    await storyFolder(folder.path, 61, 60)
    for (const [args, exitCode] of [
      [["verify"], 0],
      [["report", "pnl", "--account", "A1"], 0],
      [["report", "pnl", "--account", "nobody"], 1],
      [["audit", "order", "0-99999"], 1],
      [["verify", "--log", "sqlite:nowhere.sqlite"], 1],
      [["verify", "--what"], 2],
      [["dance"], 2]
    ] as const) {
      const ending = await trade(folder.path, [...args, "--json"])
      expect(ending.exitCode).toBe(exitCode)
      const json = JSON.parse(ending.stdout) as { error?: { code: string; detail: string } }
      if (exitCode !== 0)
        expect(json.error).toEqual({ code: expect.stringMatching(/^\w+$/), detail: expect.any(String) })
    }
  })
})

describe("report and audit", () => {
  it("report P&L from the folder's store and from the ledger alone: the same bytes", async () => {
    using folder = tempDir("trade")
    await storyFolder(folder.path, 62, 300)
    for (const args of [
      ["report", "pnl", "--account", "A1", "--json"],
      ["report", "pnl", "--account", "B1", "--at", "0:150"]
    ]) {
      const alone = await trade(folder.path, args)
      const stored = await trade(folder.path, args, { store: await storeOf(folder.path) })
      expect(alone.exitCode).toBe(0)
      expect(stored.stdout).toBe(alone.stdout)
      expect((await trade(folder.path, args)).stdout).toBe(alone.stdout)
    }
  })

  it("make the report from the ledger when the store is in use, and say so", async () => {
    using folder = tempDir("trade")
    await storyFolder(folder.path, 62, 60)
    const { exitCode, said } = await trade(folder.path, ["report", "pnl", "--account", "A1"], {
      env: { CLICKHOUSE_URL: "http://127.0.0.1:9" }
    })
    expect(exitCode).toBe(0)
    expect(said.join()).toContain("from the ledger alone")
  })

  it("tell an order's story", async () => {
    using folder = tempDir("trade")
    await storyFolder(folder.path, 63, 400)
    const log = openSqliteLog({ file: `${folder.path}/ledger.sqlite`, readOnly: true })
    const filled = (await eventsOf(log)).find(({ event }) => event.type === "OrderFilled")!.event
    await log.close()
    const orderId = (filled.data as { orderId: string }).orderId
    const { exitCode, stdout } = await trade(folder.path, ["audit", "order", orderId])
    expect(exitCode).toBe(0)
    for (const words of [
      `order ${orderId} of ${filled.account}`,
      "OrderPlaced",
      "passed  HALTED",
      "posting  conversion",
      "position after",
      "balance after",
      "commit "
    ]) {
      expect(stdout).toContain(words)
    }
  })

  it("ask the platform that runs, and pass on what it refuses", async () => {
    const asked: Array<string> = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? "")
      if (request.url === "/health") return void response.end(JSON.stringify({ status: "ok", service: "gateway" }))
      if (request.url?.includes("nobody")) {
        response.statusCode = 422
        return void response.end(JSON.stringify({ code: "UnknownAccount", detail: "there is no account nobody" }))
      }
      response.end(
        JSON.stringify({
          position: "0:7",
          account: "A1",
          currency: "USD",
          cash: "5",
          equity: "5",
          realized: "0",
          unrealized: "0",
          fees: "0",
          positions: []
        })
      )
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const offset = (server.address() as AddressInfo).port - 8080
    const env = { TRADE2026_PORT_OFFSET: String(offset) }
    try {
      const { stdout, said } = await trade("nowhere", ["report", "pnl", "--account", "A1", "--at", "0:7"], { env })
      expect(stdout).toContain("P&L of A1 in USD, as of position 0:7")
      expect(said.join()).toContain(`http://127.0.0.1:${8080 + offset}`)
      expect(asked).toContain("/api/reports/pnl?account=A1&at=0%3A7")
      const refused = await trade("nowhere", ["report", "pnl", "--account", "nobody", "--json"], { env })
      expect(refused.exitCode).toBe(1)
      expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "UnknownAccount" } })
      // a ledger of its own is not the platform's
      expect((await trade("nowhere", ["audit", "order", "0-1", "--log", "sqlite:none"], { env })).stderr).toContain(
        "There is no ledger"
      )
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe("progress", () => {
  const run = (isTTY: boolean) => {
    let time = 0
    let written = ""
    const progress = progressOn({ write: (text) => (written += text), isTTY, columns: 60 }, () => time)("reading")
    for (let done = 0; done <= 100; done += 10) {
      time += 1_000
      progress.at(done, 100, "note")
    }
    progress.end()
    return written
  }

  it("is a bar that is wiped away on a terminal", () => {
    const written = run(true)
    expect(written).toContain("[============            ]  50 of 100 (50 %)")
    expect(written).not.toContain("\n")
    expect(written.endsWith("\r\u001B[2K")).toBe(true)
  })

  it("is a plain line every few seconds elsewhere", () => {
    expect(run(false).trimEnd().split("\n")).toEqual([
      "reading  40 of 100 (40 %), 8 s left  note",
      "reading  90 of 100 (90 %), 2 s left  note"
    ])
  })
})
