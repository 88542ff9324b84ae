import { readdirSync } from "node:fs"
import { expect, inject, test } from "vitest"
import { openNatsRaw } from "#infra/nats/raw-store.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { startPlatform } from "#tests/support/platform.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade, tradeJson } from "#tests/support/trade.ts"

/** A second between two looks of who signs, and of who archives. */
const QUICKLY = { TRADE2026_ANCHOR_SECONDS: "1", TRADE2026_ARCHIVE_SECONDS: "1" }
const PATIENTLY = { timeout: 20_000 }
const ifThere = (look: () => ReadonlyArray<string>): ReadonlyArray<string> => {
  try {
    return look()
  } catch {
    return []
  }
}

const program = inject("natsServer")
const [OMS, GATEWAY] = [8099, 8080]
type Told = { status: number; retryAfter: string | null; body: Record<string, unknown> }

const ask = async (url: string, body?: object): Promise<Told> => {
  const response = await fetch(url, {
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(30_000)
  })
  const { status, headers } = response
  return { status, retryAfter: headers.get("retry-after"), body: (await response.json()) as Told["body"] }
}

const put = async (url: string, body: object): Promise<Pick<Told, "status" | "body">> => {
  const headers = { "content-type": "application/json" }
  const response = await fetch(url, { method: "PUT", headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Told["body"] }
}

const openRawOf = async (url: string) => {
  const raw = await openNatsRaw({ url, makes: false })
  return { ...raw, [Symbol.asyncDispose]: raw.close }
}

test(
  "two partitions in two oms processes behind one gateway: accounts are found where they were opened",
  { timeout: 120_000, ...skipWithout(program, "no nats-server program was found") },
  async () => {
    using folder = tempDir("partitions")
    await using nats = await startNats({ storeDir: `${folder.path}/nats` })
    const start = (name: string, ...args: ReadonlyArray<string>) =>
      startPlatform({
        data: `${folder.path}/${name}`,
        args: ["--profile", "servers", ...args],
        env: { NATS_URL: nats.url, TRADE2026_KEYS: `${folder.path}/keys`, ...QUICKLY }
      })
    const [first, second] = await Promise.all([
      start("first", "--only", "oms", "--partitions", "0"),
      start("second", "--only", "oms", "--partitions", "1")
    ])
    const gateway = await start("gateway", "--only", "gateway")
    let third: Awaited<ReturnType<typeof start>> | undefined
    let later: Awaited<ReturnType<typeof start>> | undefined
    const api = (path: string) => gateway.url(GATEWAY, `/api${path}`)
    const terms = { type: "cash", currency: "USDT" }
    try {
      const opened = await ask(api("/accounts"), { account: "elsewhere", owner: "o1", partition: 1, ...terms })
      expect(opened).toMatchObject({ status: 201, body: { account: "elsewhere" } })
      // a group stays together, whoever opens its next account and whatever he says
      const mate = { account: "mate", owner: "o1", ...terms }
      expect((await ask(api("/accounts"), mate)).status).toBe(201)
      expect((await ask(first.url(OMS, "/accounts"), { ...mate, account: "third" })).status).toBe(503)
      const stray = await ask(api("/accounts"), { ...mate, account: "stray", partition: 0 })
      expect(stray).toMatchObject({ status: 422, body: { code: "OtherPartition" } })
      const usual = { account: "usual", owner: "o2", ...terms }
      expect((await ask(api("/accounts"), usual)).status).toBe(201)

      const money = { currency: "USDT", amount: "1000" }
      expect((await ask(api("/accounts/mate/deposits"), money)).body["position"]).toMatch(/^1:/)
      expect((await ask(api("/accounts/usual/deposits"), money)).body["position"]).toMatch(/^0:/)
      const order = { symbol: "BTCUSDT", side: "buy", type: "market", quantity: "0.001" }
      const placed = await ask(api("/orders"), { account: "mate", ...order })
      expect(placed).toMatchObject({ status: 201, body: { status: "PendingNew" } })
      expect(placed.body["orderId"]).toMatch(/^1-/)
      expect((await ask(api(`/orders/${String(placed.body["orderId"])}`))).body["account"]).toBe("mate")

      const halted = await ask(api("/risk/halts"), { scope: "account", id: "mate", reason: "a test" })
      expect(halted).toMatchObject({ status: 201, body: { haltId: expect.stringMatching(/^halt-1-/) } })
      const refused = await ask(api("/orders"), { account: "mate", ...order })
      expect(refused).toMatchObject({ status: 201, body: { status: "Rejected" } })
      const resumed = await fetch(api(`/risk/halts/${String(halted.body["haltId"])}`), { method: "DELETE" })
      expect(resumed.status).toBe(200)
      const statusOf = async (account: string) =>
        (await ask(api("/orders"), { account, ...order })).body["status"] as string
      // of the firm: in every partition, and lifted in every one
      const firm = await ask(api("/risk/halts"), { scope: "firm", reason: "a test" })
      expect(firm).toMatchObject({
        status: 201,
        body: {
          haltId: expect.stringMatching(/^halt-0-\d+,halt-1-\d+$/),
          position: expect.stringMatching(/^0:\d+,1:\d+$/)
        }
      })
      expect(await Promise.all(["usual", "mate"].map(statusOf))).toEqual(["Rejected", "Rejected"])
      const { items } = (await ask(api("/risk/halts"))).body as { items: ReadonlyArray<{ haltId: string }> }
      expect(items.map(({ haltId }) => haltId).join()).toBe(firm.body["haltId"])
      // limits of the firm: divided beforehand, and the partition that is added begins without a part
      const ofFirm = { scope: "firm", id: "firm", reason: "a test" }
      const limits = { maxOpenNotional: "1000000", maxOpenOrders: 11, maxOrderQuantity: "5" }
      expect(await put(api("/risk/limits"), { ...ofFirm, limits })).toMatchObject({
        status: 200,
        body: { limits, parts: { 0: { limits: { maxOpenOrders: 6 } }, 1: { limits: { maxOpenOrders: 5 } } } }
      })
      // a partition that is added meanwhile begins with it
      later = await start("later", "--only", "oms", "--partitions", "2")
      const late = { account: "late", owner: "o3", partition: 2, ...terms }
      expect((await ask(api("/accounts"), late)).status).toBe(201)
      expect((await ask(api("/accounts/late/deposits"), money)).body["position"]).toMatch(/^2:/)
      expect(await statusOf("late")).toBe("Rejected")
      const lifted = await fetch(api(`/risk/halts/${String(firm.body["haltId"])}`), { method: "DELETE" })
      expect(lifted.status).toBe(200)
      expect(await Promise.all(["usual", "mate"].map(statusOf))).toEqual(["PendingNew", "PendingNew"])
      const killed = await ask(api("/risk/kill"), { scope: "firm", reason: "a test" })
      expect(killed).toMatchObject({ status: 200, body: { remaining: [], haltId: expect.stringMatching(/,halt-1-/) } })
      await fetch(api(`/risk/halts/${String(killed.body["haltId"])}`), { method: "DELETE" })
      const elsewhere = await ask(first.url(OMS, "/risk/halts"), { scope: "firm", reason: "a test", partition: 1 })
      expect(elsewhere).toMatchObject({ status: 503, body: { code: "NotTheWriter" } })
      // its limits too, of which the one that was added has no part until they are set again
      const firmLimits = "/risk/limits/firm/firm"
      const [before, added] = [{ maxOpenOrders: 5 }, { maxOpenOrders: 0, maxOrderQuantity: "5" }]
      expect((await ask(api(firmLimits))).body).toMatchObject({
        limits,
        parts: { 1: { limits: before }, 2: { limits: added } }
      })
      const { halts } = (await ask(api("/risk/limits?account=late"))).body as {
        halts: ReadonlyArray<{ haltId: string }>
      }
      await fetch(api(`/risk/halts/${halts.map(({ haltId }) => haltId).join()}`), { method: "DELETE" })
      const beyond = (await ask(api("/orders"), { account: "late", ...order })).body
      const { checks } = beyond["risk"] as { checks: ReadonlyArray<{ code: string; passed: boolean }> }
      const denied = checks.filter(({ passed }) => !passed).map(({ code }) => code)
      expect(denied).toEqual(["MAX_OPEN_ORDERS", "MAX_OPEN_NOTIONAL"])
      const elsewhereToo = await put(first.url(OMS, "/risk/limits"), { ...ofFirm, limits })
      expect(elsewhereToo).toMatchObject({ status: 422, body: { code: "SeveralPartitions" } })
      const parts = { 0: "0.5", 1: "0.4", 2: "0.1" }
      const tooFew = { ...ofFirm, limits: { maxOpenOrders: 2 }, parts }
      expect(await put(api("/risk/limits"), tooFew)).toMatchObject({ status: 422, body: { code: "Indivisible" } })
      expect(await put(api("/risk/limits"), { ...ofFirm, limits, parts })).toMatchObject({
        status: 200,
        body: { limits, parts: { 2: { limits: { maxOpenOrders: 1, maxOpenNotional: "100000" } } } }
      })
      expect(await statusOf("late")).toBe("PendingNew")
      expect((await ask(api("/pnl/realtime?account=mate"))).body["position"]).toMatch(/^1:/)

      const notHere = { status: 503, retryAfter: "1", body: { code: "NotTheWriter" } }
      expect(await ask(first.url(OMS, "/accounts/mate"))).toMatchObject(notHere)
      expect(await ask(second.url(OMS, "/accounts/usual"))).toMatchObject(notHere)
      expect(await ask(first.url(OMS, "/accounts/nobody"))).toMatchObject({ status: 404 })
      expect(await ask(api("/orders"), { account: "nobody", ...order })).toMatchObject({ status: 422 })
      expect(await ask(api("/accounts/mate"), undefined)).toMatchObject({ status: 200, body: { account: "mate" } })

      await using raw = await openRawOf(nats.url)
      const kept = (venue: string) =>
        raw.newest({ venue, channel: "reports" }).then((newest) => newest?.bytes.length ?? 0)
      // what each partition's venue has said is on disk as it came
      await expect.poll(() => kept("paper-1")).toBeGreaterThan(0)

      // a group goes to the other partition while clients ask on, and they need not know
      const isOpen = async () => (await ask(api("/orders?account=mate&status=open"))).body["items"]
      await expect.poll(isOpen, { timeout: 20_000 }).toEqual([])
      const env = { TRADE2026_PORT_OFFSET: String(Number(new URL(gateway.url(GATEWAY, "")).port) - GATEWAY) }
      const asking = Array.from({ length: 5 }, (_, i) =>
        ask(api("/accounts/mate/deposits"), { ...money, clOrdId: `while-${i}` })
      )
      const moved = await tradeJson(["group", "move", "--group", "o1", "--to", "0"], env)
      expect(moved).toMatchObject({ status: "arrived", toPartition: 0 })
      expect((await Promise.all(asking)).map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
      const again = await ask(api("/accounts/mate/deposits"), { ...money, clOrdId: "while-0" })
      expect(again.status).toBe(200)
      const here = await ask(api("/accounts/mate"))
      expect(here.body).toMatchObject({ position: expect.stringMatching(/^0:/) })
      expect((await ask(api(`/orders/${String(placed.body["orderId"])}`))).body["account"]).toBe("mate")
      expect((await ask(api("/orders"), { account: "mate", ...order })).body["orderId"]).toMatch(/^0-/)
      await expect.poll(isOpen, { timeout: 20_000 }).toEqual([])
      const unknown = await trade(["group", "move", "--group", "o1", "--to", "77", "--json"], env)
      expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringContaining("UnknownPartition")])
      const back = await ask(api("/risk/moves"), { group: "o1", toPartition: 1 })
      expect(back).toMatchObject({ status: 200, body: { status: "arrived" } })

      third = await start("third", "--only", "oms") // every partition there is
      expect(third.output()).toMatch(/for partitions 0, 1/)
      // who writes a partition signs and archives it, and nobody else
      const archivedBy = (name: string) => ifThere(() => readdirSync(`${folder.path}/${name}/archive/seals`))
      const sealedBy = (name: string, partition: number) =>
        ifThere(() => readdirSync(`${folder.path}/${name}/archive/seals/${partition}`)).length
      await expect.poll(() => [archivedBy("first"), archivedBy("second")], PATIENTLY).toEqual([["0"], ["1"]])
      expect(archivedBy("third")).toEqual([])
      await second.stop()
      expect((await ask(api("/orders"), { account: "mate", ...order })).status).toBe(201)
      expect((await ask(third.url(OMS, "/accounts/mate"))).status).toBe(200)
      await expect.poll(() => archivedBy("third"), PATIENTLY).toEqual(["1"])

      const proved = async (oms: typeof first) => {
        const { checks } = (await (await fetch(oms.url(OMS, "/health"))).json()) as { readonly checks: object }
        return Object.keys(checks).filter((name) => name.startsWith("archive-"))
      }
      expect(await proved(first)).toEqual(["archive-0"])
      first.child.kill("SIGSTOP") // beyond its lease
      await expect.poll(() => archivedBy("third"), PATIENTLY).toEqual(["0", "1"])
      first.child.kill("SIGCONT")
      await expect.poll(() => proved(first), PATIENTLY).toEqual([])
      const sealedMore = async () => {
        const before = sealedBy("third", 0)
        expect((await ask(api("/accounts/usual/deposits"), money)).status).toBe(201)
        await expect.poll(() => sealedBy("third", 0), PATIENTLY).toBeGreaterThan(before)
        return sealedBy("first", 0)
      }
      const sealed = await sealedMore() // by then the first one has sealed what it still had
      expect(await sealedMore()).toBe(sealed)
    } finally {
      await Promise.all([gateway.stop(), first.stop(), second.stop(), third?.stop(), later?.stop()])
    }
    const data = `${folder.path}/third`
    const verified = await tradeJson(["verify", "--log", nats.url, "--data", data, "--partitions", "0,1"])
    type Verified = {
      readonly copies: ReadonlyArray<{ readonly anchors: number; readonly copies: ReadonlyArray<{ name: string }> }>
    }
    const { copies } = verified as Verified
    for (const { anchors, copies: compared } of copies) {
      expect(anchors).toBeGreaterThan(1)
      expect(compared.map(({ name }) => name)).toContain("archive")
    }
    expect(copies).toHaveLength(2)
  }
)
