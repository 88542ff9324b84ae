import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memorySnapshots } from "#infra/memory/snapshot-store.ts"
import { chanceOf } from "#domain/kernel/chance.ts"
import { EMPTY_CHAIN, sealCommit, type ChainHead } from "#streams/commit.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import { newestSound, type Skipped } from "#streams/snapshots/newest-sound.ts"
import { packSnapshot, partOf, type Snapshot } from "#streams/snapshots/snapshot.ts"

/** Six commits without events, of which each opens an epoch, and snapshots of the second, fourth and sixth. */
const ledger = async (writer = "w") => {
  const log = memoryLog()
  const store = memorySnapshots()
  const snapshots: Array<Snapshot> = []
  let head: ChainHead = EMPTY_CHAIN
  for (let epoch = 1; epoch <= 6; epoch++) {
    const commit = sealCommit(head, 0, epoch, writer, [])
    await log.append(commit)
    head = commit
    const { no, hash } = commit
    const at = { partition: 0, no, hash, eventNo: 0, epoch, takenAt: "2026-03-02T10:00:00.000Z" }
    snapshots.push({ head: at, parts: [{ name: "text", format: "1", bytes: Buffer.from(`after commit ${no}`) }] })
  }
  for (const no of [2, 4, 6]) await store.put(0, no, packSnapshot(snapshots[no - 1]!))
  const begin = async () => {
    const skipped: Array<Skipped> = []
    const found = await newestSound({
      store,
      log,
      partition: 0,
      restore: (snapshot) => Buffer.from(partOf(snapshot, "text", "1")).toString(),
      onSkipped: (one) => void skipped.push(one)
    })
    return { found, skipped: skipped.map(({ no, reason }) => `${no}: ${reason}`) }
  }
  const spoil = async (no: number, change: (bytes: Buffer) => Uint8Array) =>
    store.put(0, no, change(Buffer.from((await store.get(0, no))!)))
  return { log, store, snapshots, begin, spoil }
}
/** Somebody who knows the format changes the line at the beginning. */
const withLine = (bytes: Buffer, change: object): Uint8Array => {
  const end = bytes.indexOf(10)
  const line = { ...JSON.parse(bytes.subarray(0, end).toString()), ...change }
  const body = Buffer.concat([Buffer.from(JSON.stringify(line)), bytes.subarray(end, -32)])
  return Buffer.concat([body, createHash("sha256").update(body).digest()])
}

describe("the newest sound snapshot", () => {
  it("is the newest where all are sound, and none where there is none", async () => {
    const { begin, store } = await ledger()
    expect(await begin()).toEqual({ found: "after commit 6", skipped: [] })
    for (const no of [2, 4, 6]) await store.drop(0, no)
    expect(await begin()).toEqual({ found: undefined, skipped: [] })
  })

  it("is an older one after any bit was flipped in the newest, and wherever it was cut", async () => {
    const { begin, store, snapshots } = await ledger()
    const sound = packSnapshot(snapshots[5]!)
    for (let n = 0; n < 60; n++) {
      const bytes = Buffer.from(sound)
      const bit = chanceOf("bit", n) % (bytes.length * 8)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      await store.put(0, 6, n % 2 === 0 ? bytes : sound.subarray(0, chanceOf("cut", n) % sound.length))
      const { found, skipped } = await begin()
      expect(found).toBe("after commit 4")
      expect(skipped).toEqual(["6: its bytes are not those that were written"])
    }
  })

  it("is none of another ledger, of commits that are not there, or of another place", async () => {
    const { begin, store, snapshots, spoil } = await ledger()
    const other = await ledger("another writer")
    await store.put(0, 6, packSnapshot(other.snapshots[5]!))
    await store.put(0, 9, packSnapshot({ ...snapshots[5]!, head: { ...snapshots[5]!.head, no: 9 } }))
    await store.put(0, 5, packSnapshot(snapshots[3]!))
    await spoil(4, (bytes) => withLine(bytes, { epoch: 3 }))
    expect(await begin()).toEqual({
      found: "after commit 2",
      skipped: [
        "9: the ledger has no such commit",
        "6: it is of another ledger: the hash of its commit differs",
        "5: it is of partition 0, commit 4",
        "4: it is of epoch 3, and its commit of epoch 4"
      ]
    })
  })

  it("is none that this program does not understand", async () => {
    const { begin, store, snapshots, spoil } = await ledger()
    await spoil(6, (bytes) => withLine(bytes, { snapshot: 2 }))
    const parts = [{ name: "text", format: "7", bytes: Buffer.from("in another way") }]
    await store.put(0, 4, packSnapshot({ ...snapshots[3]!, parts }))
    await store.put(0, 2, packSnapshot({ ...snapshots[1]!, parts: [] }))
    expect(await begin()).toEqual({
      found: undefined,
      skipped: [
        "6: it is of version 2, which this program does not know",
        "4: its text is in the format 7, and this program's is 1",
        "2: it holds no text"
      ]
    })
  })

  it("is none where the store cannot be read; a ledger that cannot be read is said to be so", async () => {
    const { log, store } = await ledger()
    const skipped: Array<Skipped> = []
    const options = { partition: 0, restore: () => "restored", onSkipped: (one: Skipped) => void skipped.push(one) }
    const broken = { ...store, list: () => Promise.reject(new Error("EACCES")) }
    expect(await newestSound({ ...options, log, store: broken })).toBeUndefined()
    expect(skipped).toEqual([{ no: 0, reason: "memory cannot be read: EACCES" }])
    const away = {
      read: async function* () {
        yield await Promise.reject(new LogUnavailable("no server"))
      }
    }
    await expect(newestSound({ ...options, log: away, store })).rejects.toThrow("no server")
  })
})
