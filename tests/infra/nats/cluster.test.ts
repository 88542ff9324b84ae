// The ledger on three servers: what is acknowledged outlives the end of any one of them, and is there once.
import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest"
import { connectNats } from "#infra/nats/connection.ts"
import { deliver } from "#infra/nats/deliver.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { provision } from "#infra/nats/provision.ts"
import { subjectOf } from "#infra/nats/subjects.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { chainOf, plain, readAll } from "#tests/contracts/commits.ts"
import { startNatsCluster, type NatsCluster } from "#tests/support/nats-cluster.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { appending } from "./appending.ts"
import { healsLostAnswers } from "./lost-answers.ts"
import { startTcpProxy } from "./tcp-proxy.ts"

const program = inject("natsServer")

describe("nats ledger on three servers", { ...skipWithout(program, "no nats-server program"), timeout: 90_000 }, () => {
  let cluster: NatsCluster
  beforeAll(async () => void (cluster = await startNatsCluster({ program: program! })))
  afterAll(() => cluster?.stop())
  const cleanups: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })
  const open = async (stream: string, url = cluster.url) => {
    const log = await openNatsLog({ url, stream })
    cleanups.push(log.close)
    return log
  }
  /** A log on a stream of its own, on all three. */
  const fresh = async () => {
    const stream = `TEST_${randomUUID()}`
    const nc = await connect({ servers: cluster.url.split(",") })
    cleanups.push(() => nc.close())
    const log = await open(stream)
    await cluster.whole(stream)
    return { nc, jsm: await jetstreamManager(nc, { checkAPI: false }), log, stream }
  }

  it("is set up on all three by the one command, and never has replicas taken away", async () => {
    const url = cluster.url.replaceAll("//oms:", "//admin:")
    const made = await provision({ url, replicas: 3 })
    expect(made.map(({ did, cannot }) => [did, cannot])).toEqual(made.map(() => ["made", []]))
    const log = await openNatsLog({ url: cluster.url, makes: false })
    cleanups.push(log.close)
    expect(log.doubts()).toEqual([])
    const again = await provision({ url, replicas: 1 })
    expect(again.find(({ stream }) => stream === "LEDGER")).toMatchObject({
      did: "found",
      cannot: ["num_replicas from 3 to 1: replicas of a ledger are not taken away"]
    })
  })

  it("keeps a ledger on all three, without being told", async () => {
    const { jsm, stream, log } = await fresh()
    expect((await jsm.streams.info(stream)).config.num_replicas).toBe(3)
    expect(log.doubts()).toEqual([])
    const single = `TEST_${randomUUID()}`
    await jsm.streams.add({ ...(await jsm.streams.info(stream)).config, name: single, subjects: [], num_replicas: 1 })
    cleanups.push(() => jsm.streams.delete(single))
    await expect(openNatsLog({ url: cluster.url, stream: single })).rejects.toThrow(/num_replicas is 1 and must be 3/)
  })

  it("heals lost answers, and outlives its leader's step-down and end", async () => {
    const { nc, log, stream } = await fresh()
    await healsLostAnswers(log, nc, stream)
    const partition = 1
    let head = undefined as StoredCommit | undefined
    for (const disturb of ["step down", "SIGTERM"]) {
      const was = await cluster.leaderOf(stream)
      let disturbed: Promise<unknown> | undefined
      for (let i = 0; i < 60; i++) {
        const [commit] = chainOf([1], head === undefined ? { partition } : { partition, head })
        if (i === 20) {
          disturbed =
            disturb === "step down"
              ? nc.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`)
              : cluster.end(was, "SIGTERM")
        }
        await log.append(commit!)
        head = commit!
      }
      await disturbed
      expect(await cluster.leaderOf(stream)).not.toBe(was)
      if (disturb === "SIGTERM") cluster.restart(was)
    }
    expect((await readAll(log, partition)).map(({ no }) => no)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
    await cluster.whole(stream)
  })

  it("keeps the copy of each server when all of them are killed, again and again", async () => {
    const { log, stream } = await fresh()
    const work = appending(log)
    const most = process.env["REQUIRE_BACKENDS"] === "1" ? 4 : 2 // each takes five seconds
    for (let kills = 1; kills <= most; kills++) {
      const count = work.acknowledged.length + 100
      while (work.acknowledged.length < count) await sleep(5)
      await Promise.all(cluster.names.map((name) => cluster.end(name, "SIGKILL")))
      for (const name of cluster.names) cluster.restart(name)
    }
    const acknowledged = plain(await work.stop())
    expect(plain(await readAll(log))).toEqual(acknowledged)
    await cluster.whole(stream)
    for (const name of cluster.names) expect(cluster.logOf(name), name).not.toMatch(/Error recreating stream|corrupt/u)
  })

  it("waits for messages that a server does not have yet, although it says that there is nothing", async () => {
    const { nc, jsm, stream } = await fresh()
    const link = await connectNats({ url: cluster.url, name: "test-reader" })
    cleanups.push(link.close)
    const subject = subjectOf(stream, 7)
    const source = { link, jsm, stream, subject, read: (_: unknown, __: unknown, body: Uint8Array) => String(body) }
    const found: Array<number> = []
    const reading = (async () => {
      // another server has told of message 1
      for await (const batch of deliver(source, 1, new AbortController().signal, 1))
        found.push(...batch.map(({ seq }) => seq))
    })()
    await sleep(6_500) // one heartbeat each second; five of them are an answer where there is one server
    await nc.request(subject, "late")
    await reading
    expect(found).toEqual([1])
  })

  it("loses nothing and stores nothing twice when its leader is killed in the middle of appends", async () => {
    const { log, stream } = await fresh()
    const was = await cluster.leaderOf(stream)
    // a second writer, on another partition, will not hear that its commit is stored
    const proxy = await startTcpProxy(cluster.urlOf(cluster.names.find((name) => name !== was)!))
    cleanups.push(proxy.close)
    const cutOff = await open(stream, proxy.url)
    const [first, second, third] = chainOf([1, 1, 1], { partition: 1 })
    await cutOff.append(first!)

    const work = appending(log)
    const reaches = async (count: number) => {
      while (work.acknowledged.length < count) await sleep(5)
    }
    await reaches(50)
    proxy.swallowAnswers(true)
    const healed = cutOff.append(second!)
    while ((await log.head(1))!.no < 2) await sleep(5)
    await cluster.end(was, "SIGKILL")
    proxy.swallowAnswers(false)
    await reaches(work.acknowledged.length + 50)
    await healed
    await cutOff.append(third!)
    const acknowledged = plain(await work.stop())
    // a writer that starts while one of three is away has two that answer, and nothing to doubt
    expect((await open(stream)).doubts()).toEqual([])
    cluster.restart(was)
    expect(plain(await readAll(log))).toEqual(acknowledged)
    expect(plain(await readAll(log, 1))).toEqual(plain([first!, second!, third!]))
    await cluster.whole(stream)
  })
})

it(
  "is refused where one of three does not sync, also while that one lags",
  skipWithout(program, "no nats-server program"),
  async () => {
    await using cluster = await startNatsCluster({ program: program!, unsynced: ["n2"] })
    const wrong = /Server n2 acknowledges before it has written to disk: set `sync_interval: always`/
    await expect(openNatsLog({ url: cluster.url, stream: "LEDGER" })).rejects.toThrow(wrong)
    process.kill(cluster.pidOf("n2"), "SIGSTOP")
    const url = [cluster.urlOf("n1"), cluster.urlOf("n3")].join(",")
    const opening = openNatsLog({ url, stream: "MADE_WITHOUT_IT" })
    setTimeout(() => process.kill(cluster.pidOf("n2"), "SIGCONT"), 700)
    await expect(opening).rejects.toThrow(wrong)
  }
)
