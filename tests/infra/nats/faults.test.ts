// The ledger under a server that dies and a network that fails: nothing acknowledged is lost, nothing is there twice.
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, describe, expect, inject, it } from "vitest"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { Fenced, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import { chainOf, followed, plain, readAll } from "#tests/contracts/commits.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { appending } from "./appending.ts"
import { startTcpProxy } from "./tcp-proxy.ts"

const program = inject("natsServer")

describe("nats ledger under faults", skipWithout(program, "no nats-server program"), () => {
  const cleanups: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })
  const server = async () => {
    const started = await startNats({ program: program! })
    cleanups.push(started.stop)
    return started
  }
  const open = async (url: string, patienceMs = 15_000) => {
    const log = await openNatsLog({ url, patienceMs })
    cleanups.push(log.close)
    return log
  }

  it("outlives kill -9 of the server in the middle of appends, and so do followers", async () => {
    const nats = await server()
    const [writer, reader] = [await open(nats.url), await open(nats.url)]
    const stop = new AbortController()
    const seen: Array<StoredCommit> = []
    const following = (async () => {
      for await (const batch of reader.follow(0, 1, stop.signal)) seen.push(...batch)
    })()
    const work = appending(writer)
    for (let round = 0; round < 3; round++) {
      const before = work.acknowledged.length
      while (work.acknowledged.length < before + 50) await sleep(5)
      await sleep(Math.random() * 50)
      await nats.kill("SIGKILL")
      await sleep(100)
      await nats.restart()
    }
    const before = work.acknowledged.length
    while (work.acknowledged.length < before + 50) await sleep(5)
    const acknowledged = plain(await work.stop())
    expect(plain(await readAll(reader))).toEqual(acknowledged)
    while (seen.length < acknowledged.length) await sleep(20)
    stop.abort()
    await following
    expect(plain(seen)).toEqual(acknowledged)
  })

  it("goes on reading where the connection was cut", async () => {
    const nats = await server()
    const direct = await open(nats.url)
    const commits = chainOf(
      Array.from({ length: 2_000 }, () => 3),
      { note: "x".repeat(500) }
    )
    for (const commit of commits) await direct.append(commit)
    const proxy = await startTcpProxy(nats.url)
    cleanups.push(proxy.close)
    const log = await open(proxy.url)
    const seen: Array<StoredCommit> = []
    let batches = 0
    for await (const batch of log.read(0, 1)) {
      if (batches++ < 5) proxy.cutNextAnswer()
      seen.push(...batch)
    }
    expect(proxy.cuts()).toBeGreaterThan(0)
    expect(plain(seen)).toEqual(plain(commits))
  })

  it("heals a commit whose acknowledgement was cut off or never came", async () => {
    const nats = await server()
    const proxy = await startTcpProxy(nats.url)
    cleanups.push(proxy.close)
    const log = await open(proxy.url)
    const between = (no: number) => {
      if (no % 10 === 5) proxy.cutNextAnswer()
      if (no % 40 === 20) {
        proxy.swallowAnswers(true)
        setTimeout(() => proxy.swallowAnswers(false), 700)
      }
    }
    const work = appending(log, { between })
    while (work.acknowledged.length < 90) await sleep(20)
    const acknowledged = await work.stop()
    expect(proxy.cuts()).toBeGreaterThan(5)
    expect(plain(await readAll(await open(nats.url)))).toEqual(plain(acknowledged))
  })

  it("fences a writer whose commit was overtaken while it waited for the answer", async () => {
    const nats = await server()
    const proxy = await startTcpProxy(nats.url)
    cleanups.push(proxy.close)
    const [cutOff, other] = [await open(proxy.url), await open(nats.url)]
    const [first, second, third] = chainOf([1, 1, 1])
    await cutOff.append(first!)
    // its commit is stored, and another writer already stands on it: stored is stored
    proxy.swallowAnswers(true)
    const healed = cutOff.append(second!)
    while ((await other.head(0))!.no < 2) await sleep(5)
    const taken = chainOf([0], { head: second!, epoch: 2, writer: "b" })
    await other.append(taken[0]!)
    proxy.swallowAnswers(false)
    await healed
    await expect(cutOff.append(third!)).rejects.toBeInstanceOf(Fenced)
    expect(plain(await readAll(other))).toEqual(plain([first!, second!, taken[0]!]))
  })

  it("says that nothing was stored while the server is away, and goes on when it is back", async () => {
    const nats = await server()
    const log = await open(nats.url, 300)
    const [first, second] = chainOf([1, 1])
    await log.append(first!)
    await nats.kill("SIGTERM")
    await sleep(50)
    await expect(log.append(second!)).rejects.toBeInstanceOf(LogUnavailable)
    await nats.restart()
    const waiting = followed(log, 2)
    await log.append(second!).catch(() => log.append(second!))
    expect(plain(await waiting)).toEqual(plain([first!, second!]))
  })

  it("ends what waits when it is closed", async () => {
    const nats = await server()
    const log = await open(nats.url)
    const [first, second] = chainOf([1, 1])
    await log.append(first!)
    await nats.kill("SIGKILL")
    const ends = Promise.allSettled([log.append(second!), followed(log, 2), readAll(log)])
    await sleep(50)
    await log.close()
    for (const end of await ends) {
      expect(end).toMatchObject({ reason: { message: expect.stringMatching(/was closed by this process/) } })
    }
  })
})
