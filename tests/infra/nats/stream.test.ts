// What the stream must be, and what its answers mean, on a single server and on three.
import { randomUUID } from "node:crypto"
import { jetstreamManager, type StreamConfig } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { afterEach, describe, expect, inject, it } from "vitest"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { subjectOf } from "#infra/nats/ledger-stream.ts"
import { readChecked } from "#streams/chain.ts"
import { Fenced, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import { chainOf, plain, readAll } from "#tests/contracts/commits.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { healsLostAnswers, sendUnheard } from "./lost-answers.ts"

const url = inject("natsUrl")
const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const client = async (at: string) => {
  const nc = await connect({ servers: at.split(",") })
  cleanups.push(() => nc.close())
  return { nc, jsm: await jetstreamManager(nc) }
}

/** A log on a stream of its own, with the means to meddle with it. */
const fresh = async (at: string, change: Partial<StreamConfig> = {}) => {
  const stream = `TEST_${randomUUID()}`
  const { nc, jsm } = await client(at)
  const log = await openNatsLog({ url: at, stream })
  cleanups.push(log.close, () => jsm.streams.delete(stream))
  if (Object.keys(change).length > 0) await jsm.streams.update(stream, change)
  return { nc, jsm, log, stream }
}

describe("nats ledger stream", skipWithout(url, "nats is missing"), () => {
  it("is made to keep everything", async () => {
    const { jsm, stream } = await fresh(url!)
    expect((await jsm.streams.info(stream)).config).toMatchObject({
      subjects: [subjectOf(stream, "*")],
      storage: "file",
      retention: "limits",
      discard: "new",
      deny_delete: true,
      deny_purge: true,
      max_age: 0,
      max_msgs: -1,
      compression: "none",
      allow_direct: true,
      duplicate_window: 120e9
    })
    expect(subjectOf("LEDGER", 3)).toBe("evt.ledger.3")
  })

  it.each<[Partial<StreamConfig>, RegExp]>([
    [{ retention: "workqueue" }, /retention is workqueue and must be limits/],
    [{ discard: "old" }, /discard is old and must be new/],
    [{ compression: "s2" }, /compression is s2 and must be none/],
    [{ deny_delete: false }, /deny_delete is false and must be true/],
    [
      { deny_purge: false, max_age: 60e9 },
      /max_age is 60000000000 and must be 0; deny_purge is false and must be true/
    ],
    [{ max_msgs: 5 }, /max_msgs is 5 and must be -1/],
    [{ storage: "memory" }, /storage is memory and must be file/],
    [{ persist_mode: "async" }, /persist_mode is async/],
    [{ subjects: ["other.*"] }, /its subjects lack evt\./]
  ])("is refused when it is there with %o", async (setting, reason) => {
    const { jsm } = await client(url!)
    const name = `TEST_${randomUUID()}`
    const right = { name, subjects: [subjectOf(name, "*")], discard: "new", deny_delete: true, deny_purge: true }
    const subjects = setting.subjects?.map((subject) => `${name}.${subject}`) ?? right.subjects
    await jsm.streams.add({ ...right, ...setting, subjects } as typeof right & Partial<StreamConfig>)
    cleanups.push(() => jsm.streams.delete(name))
    const opening = openNatsLog({ url: url!, stream: name })
    await expect(opening).rejects.toThrow(reason)
    await expect(opening).rejects.toThrow(`The stream ${name} at`)
  })

  it("heals lost answers on a single server", async () => {
    const { nc, log, stream } = await fresh(url!)
    await healsLostAnswers(log, nc, stream)
  })

  it("says that nothing was stored when it is full, and goes on when there is space", async () => {
    const { jsm, log, stream } = await fresh(url!, { max_bytes: 20_000 })
    const commits = chainOf([1, 1, 1, 1], { note: "x".repeat(9_000) })
    await log.append(commits[0]!)
    await log.append(commits[1]!)
    await expect(log.append(commits[2]!)).rejects.toBeInstanceOf(LogUnavailable)
    expect((await log.head(0))!.no).toBe(2)
    await jsm.streams.update(stream, { max_bytes: -1 })
    for (const commit of commits.slice(2)) await log.append(commit)
    expect(plain(await readAll(log))).toEqual(plain(commits))
  })

  it("refuses a commit that no message can hold, and takes a smaller one", async () => {
    const { log } = await fresh(url!)
    const [huge] = chainOf([1], { note: "x".repeat(1_100_000) })
    await expect(log.append(huge!)).rejects.toThrow(/max_payload/)
    await log.append(chainOf([1])[0]!)
  })

  it("shows a message that is missing or foreign as a broken chain", async () => {
    const { nc, jsm } = await client(url!)
    const stream = `TEST_${randomUUID()}`
    const subject = subjectOf(stream, 0)
    const rest = { discard: "new", deny_purge: true } as const
    await jsm.streams.add({ name: stream, subjects: [subjectOf(stream, "*")], ...rest })
    cleanups.push(() => jsm.streams.delete(stream))
    const commits = chainOf([1, 1, 1, 1, 1])
    for (const commit of commits) await sendUnheard(nc, stream, commit, commit.no - 1)
    await nc.request(subject, "no commit at all")
    await jsm.streams.deleteMessage(stream, 3)
    await jsm.streams.update(stream, { deny_delete: true })
    const log = await openNatsLog({ url: url!, stream })
    cleanups.push(log.close)

    const readFrom = async (after: StoredCommit | undefined) => {
      const numbers: Array<number> = []
      const read = async () => {
        for await (const batch of readChecked(log, 0, after)) numbers.push(...batch.map(({ stored }) => stored.no))
      }
      const error = await read().catch((reason: unknown) => reason)
      return { numbers, error }
    }
    expect(await readFrom(undefined)).toMatchObject({ numbers: [1, 2], error: { name: "BrokenChain", no: 3 } })
    expect(await readFrom(commits[1])).toMatchObject({ numbers: [], error: { name: "BrokenChain", no: 3 } })
    expect(await readFrom(commits[2])).toMatchObject({ numbers: [4, 5], error: { name: "BrokenChain", no: 6 } })
    await expect(log.append(chainOf([1], { head: commits[4]! })[0]!)).rejects.toBeInstanceOf(Fenced)
  })
})
