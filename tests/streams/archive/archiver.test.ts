import { describe, expect, inject, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryObjects } from "#infra/memory/object-store.ts"
import { s3Objects } from "#infra/s3/object-store.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openMirrors } from "#infra/nats/mirrors.ts"
import { readArchive } from "#streams/archive/archive.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import { restoreLog } from "#streams/archive/restore.ts"
import { compareCopies } from "#streams/copies/compare.ts"
import { logCopy } from "#streams/copies/copy.ts"
import { BrokenChain } from "#streams/chain.ts"
import { KeyTaken, type ObjectStore } from "#streams/ports/object-store.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { appendAll, plain } from "#tests/contracts/commits.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { startS3 } from "#tests/support/s3-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { numberedChain } from "./archived.ts"

const archived = async (store: ObjectStore) => {
  const all: Array<StoredCommit> = []
  for await (const commits of readArchive(store, 0)) all.push(...commits)
  return all
}
const logOf = async (commits: ReadonlyArray<StoredCommit>) => {
  const log = memoryLog()
  await appendAll(log, commits)
  return log
}
const options = { partition: 0, segmentBytes: 1_000 }

describe("the archiver", () => {
  it("seals what is there in segments of a size, and goes on where the archive ends", async () => {
    const commits = numberedChain(60)
    const [log, store] = [await logOf(commits.slice(0, 35)), memoryObjects()]
    const first = await archiveOn({ log, store, ...options })
    expect(first).toMatchObject({ no: 35, hash: commits[34]!.hash, eventNo: 105 })
    expect(await archiveOn({ log, store, ...options })).toEqual(first)
    await appendAll(log, commits.slice(35))
    await archiveOn({ log, store, ...options })
    expect(plain(await archived(store))).toEqual(plain(commits))
    expect((await store.list("seals/")).length).toBeGreaterThan(5)
  })

  it("leaves a sound archive wherever it is cut off, and finishes it later", async () => {
    const commits = numberedChain(30)
    const log = await logOf(commits)
    const whole = memoryObjects()
    await archiveOn({ log, store: whole, ...options })
    const puts = (await whole.list("")).length
    for (let most = 0; most < puts; most++) {
      const store = memoryObjects()
      let done = 0
      const failing: ObjectStore = {
        ...store,
        put: async (key, bytes) => {
          if (done++ >= most) throw new Error("no power")
          await store.put(key, bytes)
        }
      }
      await expect(archiveOn({ log, store: failing, ...options })).rejects.toThrow("no power")
      const held = await archived(store)
      expect(plain(held)).toEqual(plain(commits.slice(0, held.length)))
      // what was left lying without a seal may be cut in another way now
      await archiveOn({ log, store, partition: 0, segmentBytes: 1_700 })
      expect(plain(await archived(store))).toEqual(plain(commits))
    }
  })

  it("lets one of two archivers seal; the other one goes on behind it", async () => {
    const commits = numberedChain(40)
    const [log, store] = [await logOf(commits), memoryObjects()]
    const both = await Promise.allSettled([
      archiveOn({ log, store, ...options }),
      archiveOn({ log, store, partition: 0, segmentBytes: 1_500 })
    ])
    for (const one of both) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(KeyTaken)
    await archiveOn({ log, store, ...options })
    expect(plain(await archived(store))).toEqual(plain(commits))
  })

  it("does not go on from a ledger that was rewritten, and says where", async () => {
    const store = memoryObjects()
    await archiveOn({ log: await logOf(numberedChain(20)), store, ...options })
    const forged = await logOf(numberedChain(30, { note: "forged" }))
    const error = await archiveOn({ log: forged, store, ...options }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(BrokenChain)
    expect(error).toMatchObject({ no: 21 })
  })

  it("ends after the segment at hand when it is to stop", async () => {
    const [log, store, stop] = [await logOf(numberedChain(60)), memoryObjects(), new AbortController()]
    stop.abort()
    const end = await archiveOn({ log, store, ...options, signal: stop.signal })
    expect((await store.list("seals/")).length).toBe(1)
    expect((await archived(store)).length).toBe(end.no)
  })
})

const [nats, s3] = [inject("natsServer"), inject("s3Server")]

describe(
  "archive in S3, ledger on nats",
  skipWithout(nats !== undefined && s3 !== undefined, "nats or versitygw is missing"),
  () => {
    it("is restored to another server, and compared with a mirror that lost a commit", async () => {
      const commits = numberedChain(50)
      await using objects = await startS3(s3!)
      const store = s3Objects({ url: `${await objects.bucket("ledger")}/firm` })
      await archiveOn({ log: await logOf(commits), store, ...options })

      await using server = await startNats({ program: nats! })
      const log = await openNatsLog({ url: server.url })
      const onCommit = () => undefined
      const restored = await restoreLog({ store, log, partition: 0, anchors: [], resume: false, onCommit })
      expect(restored).toMatchObject({ copies: [{ commits: 50 }, { commits: 50 }], faults: [] })
      await expect(restoreLog({ store, log, partition: 0, anchors: [], resume: false, onCommit })).rejects.toThrow(
        /holds 50 commits/u
      )

      const nc = await connect({ servers: new URL(server.url).host })
      const jsm = await jetstreamManager(nc)
      await jsm.streams.add({ name: "COPY", mirror: { name: "LEDGER" } })
      while ((await jsm.streams.info("COPY")).state.messages < 50)
        await new Promise((resolve) => setTimeout(resolve, 20))
      await jsm.streams.deleteMessage("COPY", 17)
      await nc.close()
      const mirrors = await openMirrors({ url: server.url, name: "test" })
      expect(mirrors.found.map(({ name }) => name)).toEqual(["COPY"])
      const copies = [logCopy("ledger", log), ...mirrors.found.map((mirror) => logCopy("mirror", mirror.log))]
      const { faults } = await compareCopies({ partition: 0, copies, anchors: [] })
      expect(faults).toMatchObject([{ copy: "mirror", kind: "missing", commit: 17, last: 17, soundIn: ["ledger"] }])
      await mirrors.close()
      await log.close()
    })
  }
)
