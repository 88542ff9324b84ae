import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Schema } from "effect"
import { defineEvent } from "#domain/kernel/event.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { makeCodec } from "#streams/codec.ts"
import { EMPTY_CHAIN, sealCommit, type ChainHead } from "#streams/commit.ts"
import { eventsBetween } from "#streams/events-between.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"

const codec = makeCodec([defineEvent("Noted", { note: Schema.String })])
const event = (eventNo: number) =>
  JSON.stringify({
    eventNo,
    type: "Noted",
    v: 1,
    recordedAt: "",
    effectiveAt: "",
    actor: "",
    cause: "",
    correlation: "",
    data: { note: `n${eventNo}` }
  })

/** A log whose commits hold so many events each. */
const logOf = async (sizes: ReadonlyArray<number>): Promise<EventLog> => {
  const log = memoryLog()
  let head: ChainHead = EMPTY_CHAIN
  let eventNo = 0
  for (const size of sizes) {
    const commit: StoredCommit = sealCommit(
      head,
      0,
      1,
      "w",
      Array.from({ length: size }, () => event(++eventNo))
    )
    await log.append(commit)
    head = commit
  }
  return log
}
const numbers = async (log: Pick<EventLog, "read" | "head">, first: number, last: number) =>
  (await eventsBetween(log, codec, 0, first, last)).map(({ eventNo }) => eventNo)
const range = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)

describe("the events between two numbers", () => {
  it("are found however the commits were cut, those without events among them", async () => {
    const size = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 }))
    await fc.assert(
      fc.asyncProperty(fc.array(size, { maxLength: 30 }), fc.nat(), fc.nat(6), async (sizes, from, more) => {
        const log = await logOf(sizes)
        const total = sizes.reduce((sum, one) => sum + one, 0)
        const first = 1 + (from % Math.max(1, total))
        expect(await numbers(log, first, first + more)).toEqual(range(first, Math.min(total, first + more)))
        expect(await numbers(log, 1, total)).toEqual(range(1, total))
      }),
      { numRuns: 150 }
    )
  })

  it("are each one's own, decoded", async () => {
    const log = await logOf([0, 3, 0, 0, 2, 0])
    for (const eventNo of range(1, 5)) {
      expect(await eventsBetween(log, codec, 0, eventNo, eventNo)).toMatchObject([
        { eventNo, data: { note: `n${eventNo}` } }
      ])
    }
  })

  it("are none where there are none", async () => {
    expect(await numbers(await logOf([]), 1, 5)).toEqual([])
    expect(await numbers(await logOf([0, 0]), 1, 5)).toEqual([])
    expect(await numbers(await logOf([2, 1]), 4, 9)).toEqual([])
    expect(await eventsBetween(await logOf([2]), codec, 1, 1, 2)).toEqual([])
  })

  it("are found by reading a few places of a long log", async () => {
    const log = await logOf(Array.from({ length: 2000 }, (_, i) => i % 3))
    let reads = 0
    const counted: EventLog = { ...log, read: (partition, from) => (reads++, log.read(partition, from)) }
    expect(await numbers(counted, 1000, 1001)).toEqual([1000, 1001])
    expect(reads).toBeLessThanOrEqual(14)
  })

  it("are not believed when a commit is damaged", async () => {
    const log = await logOf([1, 1, 1])
    const damaged: Pick<EventLog, "read" | "head"> = {
      head: log.head,
      read: async function* (partition, from) {
        for await (const batch of log.read(partition, from)) {
          yield batch.map((commit) => ({
            ...commit,
            body: Buffer.from(Buffer.from(commit.body).toString().replace("n2", "x2"))
          }))
        }
      }
    }
    await expect(numbers(damaged, 2, 2)).rejects.toMatchObject({ name: "BrokenChain", no: 2 })
  })
})
