// A ledger is written only where what is acknowledged stays: on synced servers, by a user who can take nothing back.
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest"
import { openNatsLog, type NatsLogOptions } from "#infra/nats/event-log.ts"
import { accountsConfig } from "#infra/nats/server-config.ts"
import { destructive } from "#infra/nats/service-users.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import { chainOf, plain, readAll } from "#tests/contracts/commits.ts"
import { freePort } from "#tests/support/free-port.ts"
import { testAccounts, testSecrets, testUrl } from "#tests/support/nats-accounts.ts"
import { startNats, type NatsServer } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"

const program = inject("natsServer")
const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
const open = async (options: NatsLogOptions) => {
  const log = await openNatsLog(options)
  cleanups.push(log.close)
  return log
}
const hostOf = ({ url }: NatsServer) => new URL(url).host

describe("a server of which only its monitoring address tells", skipWithout(program, "no nats-server program"), () => {
  let nats: NatsServer
  beforeAll(async () => {
    const silent = testAccounts()
      .split("\n")
      .filter((line) => !/imports:|exports:/.test(line))
    nats = await startNats({ program: program!, accounts: silent.join("\n") })
  })
  afterAll(() => nats?.stop())

  it("is refused, with what to do", async () => {
    const opening = openNatsLog({ url: nats.url })
    await expect(opening).rejects.toThrow(/Whether \S+ syncs before it acknowledges is not known: set NATS_MONITOR_URL/)
    await expect(opening).rejects.toThrow(/--accept-unverified-sync/)
  })

  it("is trusted when that address is named, or a user of the system account", async () => {
    expect((await open({ url: nats.url, monitorUrl: nats.monitorUrl })).doubts()).toEqual([])
    expect((await open({ url: nats.url, monitorUrl: `${nats.monitorUrl}/` })).doubts()).toEqual([])
    expect((await open({ url: nats.url, systemUrl: testUrl("sys", hostOf(nats)) })).doubts()).toEqual([])
  })

  it("is refused when nobody answers there, or another server does", async () => {
    await using other = await startNats({ program: program! })
    for (const monitorUrl of [`http://127.0.0.1:${await freePort()}`, other.monitorUrl]) {
      await expect(openNatsLog({ url: nats.url, monitorUrl })).rejects.toThrow(/is not known/)
    }
    const systemUrl = testUrl("client", hostOf(nats))
    await expect(openNatsLog({ url: nats.url, systemUrl })).rejects.toThrow(/is not known/)
  })

  it("is taken on trust when that is said, and it goes on being said", async () => {
    const log = await open({ url: nats.url, stream: "TRUSTED", acceptUnverifiedSync: true })
    expect(log.doubts()).toEqual([expect.stringMatching(/is not known/)])
    await log.append(chainOf([1])[0]!)
  })
})

describe("a server that does not sync", skipWithout(program, "no nats-server program"), () => {
  it("is refused whatever is taken on trust", async () => {
    await using nats = await startNats({ program: program!, syncAlways: false })
    const opening = openNatsLog({ url: nats.url, acceptUnverifiedSync: true, acceptAdminUser: true })
    await expect(opening).rejects.toThrow(
      /Server \S+ acknowledges before it has written to disk: set `sync_interval: always`/
    )
  })

  it("is written no more when it was started again without it, until it syncs again", async () => {
    await using nats = await startNats({ program: program! })
    const log = await open({ url: nats.url })
    const [first, second, third] = chainOf([1, 1, 1])
    await log.append(first!)
    await nats.restart(false)
    // the first one may go out with the new connection, before it is known what has become of the server
    const outcome = await log.append(second!).then(
      () => "stored" as const,
      () => "refused" as const
    )
    const next = outcome === "stored" ? third! : second!
    await expect.poll(() => log.doubts(), { timeout: 10_000 }).toEqual([expect.stringMatching(/acknowledges before/)])
    await expect(log.append(next)).rejects.toBeInstanceOf(LogUnavailable)
    await nats.restart(true)
    await expect.poll(() => log.doubts(), { timeout: 10_000 }).toEqual([])
    await log.append(next)
    expect((await readAll(log)).at(-1)!.no).toBe(next.no)
  })
})

describe("the user", skipWithout(program, "no nats-server program"), () => {
  let nats: NatsServer
  beforeAll(async () => {
    nats = await startNats({ program: program!, accounts: accountsConfig(testSecrets) })
    const admin = await connect({ servers: hostOf(nats), user: "admin", pass: testSecrets.admin })
    const jsm = await jetstreamManager(admin)
    const config = { discard: "new", deny_delete: true, deny_purge: true } as const
    await jsm.streams.add({ name: "LEDGER", subjects: ["evt.ledger.*"], ...config })
    await admin.close()
  })
  afterAll(() => nats?.stop())

  it("who writes can take nothing back, nor can any service: the server refuses each of them", async () => {
    const log = await open({ url: nats.url })
    expect(log.doubts()).toEqual([])
    const [commit] = chainOf([1])
    await log.append(commit!)
    for (const user of ["oms", "feeds", "reader", "client"] as const) {
      const nc = await connect({ servers: hostOf(nats), user, pass: testSecrets[user] })
      cleanups.push(() => nc.close())
      for (const { subject } of destructive("LEDGER")) {
        await expect(nc.request(subject, "{}", { timeout: 500 }), `${user} ${subject}`).rejects.toThrow(/Permissions/)
      }
      if (user === "oms") continue
      await expect(nc.request("evt.ledger.0", "x", { timeout: 500 }), user).rejects.toThrow(/Permissions/)
    }
    expect(plain(await readAll(log))).toEqual(plain([commit!]))
  })

  it("may not be the administrator", async () => {
    const url = testUrl("admin", hostOf(nats))
    const opening = openNatsLog({ url })
    await expect(opening).rejects.toThrow(/User admin could take back what stream LEDGER holds \(.*PURGE.*purge it/)
    await expect(opening).rejects.toThrow(/Connect as a service user \(`npm run trade -- nats config`/)
    const log = await open({ url, acceptAdminUser: true })
    expect(log.doubts()).toEqual([expect.stringMatching(/User admin could/)])
  })

  it("has to be one who may write", async () => {
    const opening = openNatsLog({ url: testUrl("reader", hostOf(nats)) })
    await expect(opening).rejects.toThrow(/User reader may not publish evt\.ledger\.0/)
  })

  it("is told what is missing where it may not make it", async () => {
    const opening = openNatsLog({ url: nats.url, stream: "OTHER" })
    await expect(opening).rejects.toThrow(/There is no stream OTHER at .*: `npm run trade -- nats provision` makes it/)
  })

  it("who reads needs no more than that, and makes nothing", async () => {
    const url = testUrl("reader", hostOf(nats))
    const log = await open({ url, readOnly: true })
    const [commit] = await readAll(log)
    expect(commit!.no).toBe(1)
    await expect(log.append(chainOf([1], { head: commit! })[0]!)).rejects.toThrow(/opened for reading only/)
    const admin = testUrl("admin", hostOf(nats))
    await expect(openNatsLog({ url: admin, stream: "OTHER", readOnly: true })).rejects.toThrow(
      /There is no stream OTHER/
    )
    await expect(openNatsLog({ url: admin, stream: "OTHER", readOnly: true })).rejects.toThrow(
      /There is no stream OTHER/
    )
  })

  it("is everybody on a server without accounts, which is refused as well", async () => {
    await using open = await startNats({ program: program!, accounts: "" })
    const url = `nats://${hostOf(open)}`
    const opening = openNatsLog({ url, monitorUrl: open.monitorUrl })
    await expect(opening).rejects.toThrow(/Whoever connects could take back what stream LEDGER holds/)
    await expect(opening).rejects.not.toThrow(/is not known/)
  })
})
