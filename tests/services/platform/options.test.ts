import { describe, expect, inject, it } from "vitest"
import { readOptions, UsageError, type PlatformOptions } from "#services/platform/options.ts"
import { openLog } from "#services/platform/stores.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const env = { NATS_URL: "nats://n:4222" }
const servers = ["--profile", "servers"]

describe("a part of a platform", () => {
  it("is asked for by name, with the partitions that it tries for", () => {
    expect(readOptions([...servers, "--only", "oms"], env)).toMatchObject({ only: "oms", partitions: undefined })
    expect(readOptions([...servers, "--only", "oms", "--partitions", "2,0,2"], env)).toMatchObject({
      partitions: [2, 0]
    })
    expect(readOptions([...servers, "--only", "gateway"], env)).toMatchObject({ only: "gateway" })
    expect(readOptions([], env)).toMatchObject({ only: undefined, natsUrl: undefined })
  })

  it.each([
    [["--only", "oms"], "goes with --profile servers"],
    [[...servers, "--only", "pnl"], "--only takes oms or gateway, not pnl"],
    [[...servers, "--only", "oms", "--partitions", "1,x"], "--partitions is a whole number"],
    [[...servers, "--only", "gateway", "--partitions", "0"], "--partitions goes with --only oms"],
    [[...servers, "--partitions", "0"], "--partitions goes with --only oms"],
    [servers, "needs CLICKHOUSE_URL"]
  ])("is refused with a sentence: %j", (args, told) => {
    expect(() => readOptions(args, env)).toThrow(UsageError)
    expect(() => readOptions(args, env)).toThrow(told)
  })
  it("needs a NATS server", () => {
    expect(() => readOptions([...servers, "--only", "oms"], {})).toThrow("needs NATS_URL")
  })
})

const program = inject("natsServer")
const read = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) => readOptions(args, env) as PlatformOptions

describe("options of the platform", () => {
  it.each([
    ["512MB", 536_870_912],
    ["1g", 1_073_741_824],
    ["2000", 2_000],
    ["3KB", 3_072]
  ])("take a reserve of %s", (text, bytes) => {
    expect(read(["--reserve", text]).reserveBytes).toBe(bytes)
    expect(read([], { TRADE2026_RESERVE: text }).reserveBytes).toBe(bytes)
  })

  it.each(["", "-1", "1.5GB", "many", "5 MB"])("refuse a reserve of '%s'", (text) => {
    expect(() => read(["--reserve", text])).toThrow(UsageError)
  })

  it("take on trust only what is said", () => {
    expect(read([])).toMatchObject({
      reserveBytes: undefined,
      natsPromise: { acceptUnverifiedSync: false, acceptAdminUser: false }
    })
    const said = { acceptUnverifiedSync: true, acceptAdminUser: true }
    expect(read(["--accept-unverified-sync", "--accept-admin-user"]).natsPromise).toMatchObject(said)
    const env = { TRADE2026_ACCEPT_UNVERIFIED_SYNC: "1", TRADE2026_ACCEPT_ADMIN_USER: "1" }
    expect(read([], env).natsPromise).toMatchObject(said)
    expect(read([], { TRADE2026_ACCEPT_UNVERIFIED_SYNC: "0" }).natsPromise.acceptUnverifiedSync).toBe(false)
    const asked = { NATS_MONITOR_URL: "http://a:8222", NATS_SYSTEM_URL: "nats://sys@a" }
    expect(read([], asked).natsPromise).toMatchObject({ monitorUrl: "http://a:8222", systemUrl: "nats://sys@a" })
  })
})

it("a platform shows in its health what it took on trust", skipWithout(program, "no nats-server program"), async () => {
  await using nats = await startNats({ program: program!, accounts: "" })
  using data = tempDir("platform")
  const natsUrl = `nats://${new URL(nats.url).host}`
  const options = (args: ReadonlyArray<string>) =>
    read(["--profile", "servers", "--data", data.path, ...args], { NATS_URL: natsUrl, CLICKHOUSE_URL: "http://x" })
  await expect(openLog(options([]))).rejects.toThrow(/Whoever connects could take back.*is not known/s)
  const { log, health } = await openLog(options(["--accept-unverified-sync", "--accept-admin-user"]))
  expect(health()).toMatchObject({
    status: "degraded",
    detail: expect.stringMatching(/could take back.*is not known/s)
  })
  await log.close()
})
