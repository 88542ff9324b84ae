// One command makes a server ready; done again it changes nothing, and what it cannot change it names.
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { jetstreamManager, type StreamConfig } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { afterEach, describe, expect, inject, it } from "vitest"
import { writeConfig } from "#infra/nats/config-files.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { provision } from "#infra/nats/provision.ts"
import { USERS } from "#infra/nats/service-users.ts"
import { testUrl } from "#tests/support/nats-accounts.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade } from "#tests/support/trade.ts"

const program = inject("natsServer")
const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
const server = async () => {
  const nats = await startNats({ program: program! })
  cleanups.push(nats.stop)
  const { host } = new URL(nats.url)
  const nc = await connect({ servers: host })
  cleanups.push(() => nc.close())
  return { nats, url: testUrl("admin", host), jsm: await jetstreamManager(nc) }
}
const STREAMS = ["LEDGER", "AUDIT", "REFERENCE", "RAW", "MD", "ALT", "KV_snapshots", "KV_leases", "OBJ_snapshots"]

describe("provisioning", skipWithout(program, "no nats-server program"), () => {
  it("makes every stream, and the second time finds them", async () => {
    const { url, jsm, nats } = await server()
    const dry = await provision({ url, replicas: 1, dryRun: true })
    expect(dry.map(({ stream, did }) => `${did} ${stream}`)).toEqual(STREAMS.map((name) => `made ${name}`))
    expect((await jsm.streams.list().next()).length).toBe(0)
    const made = await provision({ url, replicas: 1 })
    expect(made).toEqual(dry)
    const settings = async (name: string) => (await jsm.streams.info(name)).config
    for (const name of ["LEDGER", "AUDIT", "REFERENCE"]) {
      expect(await settings(name), name).toMatchObject({
        storage: "file",
        retention: "limits",
        discard: "new",
        max_age: 0,
        max_bytes: -1,
        deny_delete: true,
        deny_purge: true,
        allow_rollup_hdrs: false,
        compression: "none"
      })
    }
    expect(await settings("RAW")).toMatchObject({ subjects: ["raw.*.*"], discard: "new", deny_delete: true })
    expect((await settings("RAW")).persist_mode ?? "default", "reports of a venue are synced").toBe("default")
    for (const name of ["MD", "ALT"])
      expect(await settings(name)).toMatchObject({ persist_mode: "async", discard: "old" })
    expect((await settings("MD")).max_bytes, "market data never takes the ledger's space").toBeGreaterThan(0)
    const again = await provision({ url, replicas: 1 })
    expect(again).toEqual(STREAMS.map((stream) => ({ stream, did: "found", changed: [], left: [], cannot: [] })))
    const log = await openNatsLog({ url: nats.url, makes: false })
    await log.close()
  })

  it("corrects what can be corrected, leaves what is tuned, and names what cannot be changed", async () => {
    const { url, jsm } = await server()
    const tuned = { max_bytes: 1_000_000 }
    const ledger: Partial<StreamConfig> = { ...tuned, discard: "old", max_msgs: 5, deny_purge: true, compression: "s2" }
    await jsm.streams.add({ name: "LEDGER", subjects: ["evt.ledger.*"], ...ledger } as StreamConfig)
    await jsm.streams.add({ name: "AUDIT", subjects: ["audit.anchor"], storage: "memory", discard: "new" })
    const found = await provision({ url, replicas: 1 })
    const of = (name: string) => found.find(({ stream }) => stream === name)!
    expect(of("LEDGER")).toMatchObject({
      did: "changed",
      changed: [
        "max_msgs from 5 to -1",
        "discard from old to new",
        "deny_delete from false to true",
        "compression from s2 to none"
      ],
      cannot: []
    })
    expect(of("LEDGER").left).toContain("max_bytes is 1000000, as planned it were -1")
    expect((await jsm.streams.info("LEDGER")).config).toMatchObject({
      discard: "new",
      max_msgs: -1,
      max_bytes: 1_000_000
    })
    expect(of("AUDIT").changed).toContain("subjects from audit.anchor to audit.anchor audit.ops.>")
    expect(of("AUDIT").cannot).toEqual([
      expect.stringMatching(/^storage from memory to file: .*can not change storage/)
    ])
    const again = await provision({ url, replicas: 1 })
    expect(again.find(({ stream }) => stream === "AUDIT")).toMatchObject({ did: "found", cannot: of("AUDIT").cannot })
  })

  it("is a command, with an exit code and without a password in what it prints", async () => {
    const { url, nats } = await server()
    const first = await trade(["nats", "provision", "--url", url, "--json"])
    expect(first).toMatchObject({ code: 0, stderr: "" })
    expect(JSON.parse(first.stdout)).toMatchObject({
      ok: true,
      streams: STREAMS.map((stream) => ({ stream, did: "made" }))
    })
    const checked = await trade(["nats", "check"], { NATS_URL: nats.url })
    expect(checked).toMatchObject({ code: 0, stdout: "a ledger may be written there\n" })
    const asAdmin = await trade(["nats", "check", "--url", url])
    expect(asAdmin.code).toBe(1)
    expect(asAdmin.stderr).toMatch(/User admin could take back/)
    expect(first.stdout + asAdmin.stderr).not.toContain(":test@")
  })
})

describe("configuration files", () => {
  it("keep the passwords to their owner, and to themselves when they are written again", async () => {
    using dir = tempDir("nats-config")
    const folder = join(dir.path, "nats")
    const first = await trade([
      "nats",
      "config",
      "--dir",
      folder,
      "--servers",
      "3",
      "--max-file",
      "2GB",
      "--port",
      "14222"
    ])
    expect(first.code).toBe(0)
    const read = (name: string) => readFileSync(join(folder, name), "utf8")
    const secrets = JSON.parse(read("secrets.json")) as Record<string, string>
    expect(Object.keys(secrets).toSorted()).toEqual([...USERS, "route"].toSorted())
    expect(new Set(Object.values(secrets)).size).toBe(USERS.length + 1)
    const names = ["secrets.json", "accounts.conf", "n1.conf", "n2.conf", "n3.conf", "trade2026.env"]
    for (const name of names) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0)
    for (const secret of Object.values(secrets)) expect(first.stdout + first.stderr).not.toContain(secret)
    for (const name of ["n1.conf", "n2.conf", "n3.conf"]) {
      expect(read(name)).toMatch(/sync_interval: always/)
      expect(read(name)).toMatch(/^http: "127\.0\.0\.1:/m)
      expect(read(name)).toMatch(/max_file_store: 2GB/)
    }
    const before = names.map(read)
    expect(writeConfig({ dir: folder, servers: 3, maxFile: "2GB", port: 14_222 }).secrets).toBe("kept")
    expect(names.map(read)).toEqual(before)
  })

  it.skipIf(program === undefined)("is taken by the server as it is", async () => {
    using dir = tempDir("nats-config")
    writeConfig({ dir: dir.path, servers: 1, hosts: ["a.example"], maxFile: "1GB" })
    const { spawnSync } = await import("node:child_process")
    const checked = spawnSync(program!, ["-t", "-c", join(dir.path, "nats.conf")], { encoding: "utf8" })
    expect([checked.status, checked.stderr]).toEqual([0, expect.stringMatching(/is valid/)])
  })
})
