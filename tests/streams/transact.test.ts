import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { amountsIn, gate, keptIn, noon, openTally, outcomeOf, sizesIn, troubledLog, turn, type Add } from "./tally.ts"

const add = (id: number, amount = id): Add => ({ id, amount })

describe("a writer", () => {
  it("opens an epoch with a commit without events, and answers with what it recorded", async () => {
    const log = memoryLog()
    const writer = await openTally(log)
    expect(await sizesIn(log)).toEqual([0])
    const answer = await writer.submit(add(5))
    expect(answer).toMatchObject({
      kind: "facts",
      events: [{ eventNo: 1, type: "Added", v: 1, cause: "5", data: { amount: 5, total: 5 } }]
    })
    expect(writer.head()).toMatchObject({ no: 2, eventNo: 1 })
    expect(writer.partition).toBe(0)
  })

  it("answers only when what it says is durable", async () => {
    const { log, inner, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.pass)
    const answer = writer.submit(add(1))
    await slow.reached
    expect(await outcomeOf(answer)).toBe("open")
    expect(await sizesIn(inner)).toEqual([0])
    slow.open()
    await answer
    expect(await sizesIn(inner)).toEqual([0, 1])
  })

  it("puts all that waits into one commit, while one append is in flight", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.pass)
    const first = [writer.submit(add(1)), writer.submit(add(2)), writer.submit(add(3))]
    await slow.reached
    const rest = [4, 5, 6, 7].map((id) => writer.submit(add(id)))
    await turn()
    expect(writer.waiting()).toBe(4)
    slow.open()
    await Promise.all([...first, ...rest])
    expect(await sizesIn(log)).toEqual([0, 3, 4])
    expect(await amountsIn(log)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(writer.waiting()).toBe(0)
  })

  it("decides what comes while an append is in flight, and answers it after an append of its own", async () => {
    const { log, inner, appends } = troubledLog()
    let decided = 0
    const writer = await openTally(log, { clock: () => (decided++, noon) })
    const [one, two] = [gate(), gate()]
    appends.push(one.pass, two.pass)
    const first = writer.submit(add(1))
    await one.reached
    const next = [writer.submit(add(2)), writer.submit(add(1)), writer.submit(add(3, -1))]
    await turn()
    expect(decided).toBe(4)
    one.open()
    await first
    await two.reached
    for (const answer of next) expect(await outcomeOf(answer)).toBe("open")
    expect(await sizesIn(inner)).toEqual([0, 1])
    two.open()
    expect(await Promise.all(next)).toMatchObject([
      { kind: "facts", events: [{ eventNo: 2, data: { total: 3 } }] },
      { kind: "repeat", first: 1, last: 1 },
      { kind: "refused" }
    ])
  })

  it("puts no more into a commit than it may, and ends one early that has grown large", async () => {
    const log = memoryLog()
    const writer = await openTally(log, { mostPerCommit: 3 })
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((id) => writer.submit(add(id))))
    expect(await sizesIn(log)).toEqual([0, 3, 3, 1])
    const large = memoryLog()
    const other = await openTally(large)
    await Promise.all([1, 2, 3, 4, 5, 6].map((id) => other.submit({ id, amount: 1, times: 1000 })))
    const sizes = await sizesIn(large)
    expect(sizes.length).toBeGreaterThan(2)
    expect(sizes.every((size) => size % 1000 === 0)).toBe(true) // what one command did is never cut
  })

  it("appends nothing for what is refused, is nothing, or was answered before", async () => {
    const log = memoryLog()
    const writer = await openTally(log)
    await writer.submit({ id: 7, amount: 1, times: 3 })
    expect(await writer.submit(add(1, -1))).toEqual({
      kind: "refused",
      refusal: { code: "Negative", detail: "only more" }
    })
    expect(await writer.submit(add(2, 0))).toEqual({ kind: "nothing" })
    expect(await writer.submit({ id: 7, amount: 1 })).toEqual({ kind: "repeat", first: 1, last: 3 })
    expect(await sizesIn(log)).toEqual([0, 3])
  })

  it("answers a repeat, and a refusal for what came before it, no sooner than that is durable", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.pass)
    const answers = [add(1), add(1), add(2, -1), add(3, 0)].map((one) => writer.submit(one))
    await slow.reached
    for (const answer of answers) expect(await outcomeOf(answer)).toBe("open")
    slow.open()
    expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(["facts", "repeat", "refused", "nothing"])
  })

  it("tells its listener of each commit before the callers get their answers", async () => {
    const order: Array<string> = []
    const log = memoryLog()
    const writer = await openTally(log, {
      onCommitted: ({ stored, events }, { total }) =>
        order.push(`commit ${stored.no}: ${events.length} events, ${total}`)
    })
    await Promise.all([1, 2].map((id) => writer.submit(add(id)).then(() => order.push(`answer ${id}`))))
    await writer.submit(add(1, -1))
    expect(order).toEqual(["commit 2: 2 events, 3", "answer 1", "answer 2"])
  })

  it("shows a state that is durable, between appends", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.pass)
    const seen: Array<number> = []
    const look = () => writer.look(({ total }) => void seen.push(total))
    const all = [look(), writer.submit(add(1)), look(), writer.submit(add(2)), look()]
    await slow.reached
    await turn()
    expect(seen).toEqual([0]) // the second look waits for the append that is in flight
    expect(writer.head()).toMatchObject({ no: 1, eventNo: 0 })
    slow.open()
    await Promise.all(all)
    expect(seen).toEqual([0, 1, 3])
    expect(await sizesIn(log)).toEqual([0, 1, 1])
    expect(writer.head()).toMatchObject({ no: 3, eventNo: 2 })
    await expect(
      writer.look(() => {
        throw new Error("a bad question")
      })
    ).rejects.toThrow("a bad question")
    expect(await writer.look(({ total }) => total)).toBe(3)
  })

  it("never records a time before one that it recorded, though the clock goes back, after a restart too", async () => {
    const log = memoryLog()
    let clock = noon
    const times = async () => (await keptIn(log)).flatMap(({ events }) => events.map((event) => event["recordedAt"]))
    const writer = await openTally(log, { clock: () => clock })
    const later = plusMicros(noon, 5_000_000)
    for (const [id, time] of [noon, later, plusMicros(noon, -9_000_000), plusMicros(noon, 1)].entries()) {
      clock = time
      await writer.submit(add(id + 1))
    }
    await writer.stop()
    clock = noon
    const second = await openTally(log, { clock: () => clock })
    await second.submit(add(9))
    clock = plusMicros(later, 1)
    await second.submit(add(10))
    expect(await times()).toEqual([noon, later, later, later, later, plusMicros(later, 1)])
  })

  it("records the same events however its commands come together", async () => {
    const command = fc.record({
      id: fc.nat(12),
      amount: fc.integer({ min: -1, max: 5 }),
      times: fc.integer({ min: 1, max: 3 })
    })
    const burst = fc.array(command, { maxLength: 9 })
    const eventsOf = async (bursts: ReadonlyArray<ReadonlyArray<Add>>, mostPerCommit?: number) => {
      const log = memoryLog()
      const writer = await openTally(log, mostPerCommit === undefined ? {} : { mostPerCommit })
      const answers: Array<unknown> = []
      for (const one of bursts) answers.push(...(await Promise.all(one.map((each) => writer.submit(each)))))
      const events = (await keptIn(log)).flatMap((kept) => kept.events)
      return { events, answers }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { maxLength: 6 }), fc.integer({ min: 1, max: 5 }), async (bursts, most) => {
        const alone = await eventsOf(bursts.flat().map((one) => [one]))
        expect(await eventsOf(bursts)).toEqual(alone)
        expect(await eventsOf(bursts, most)).toEqual(alone)
        expect(await eventsOf([bursts.flat()])).toEqual(alone)
      }),
      { numRuns: 60 }
    )
  })

  it("starts from what the log holds, shows it to its listener, and remembers answers", async () => {
    const log = memoryLog()
    const first = await openTally(log)
    for (const id of [1, 2, 3]) await first.submit(add(id))
    await first.stop()
    const replayed: Array<string> = []
    const writer = await openTally(log, {
      onReplayed: ({ stored }, events, { total }) => replayed.push(`${stored.no}: ${events.length} ${total}`)
    })
    expect(replayed).toEqual(["1: 0 0", "2: 1 1", "3: 1 3", "4: 1 6"])
    expect(await writer.submit(add(2))).toEqual({ kind: "repeat", first: 2, last: 2 })
    expect((await keptIn(log)).map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 2])
  })
})

describe("stopping a writer", () => {
  it("lets what waits be answered, takes nothing new, and may be asked for twice", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.pass)
    const answers = [writer.submit(add(1))]
    await slow.reached
    answers.push(writer.submit(add(2)))
    const stops = [writer.stop(), writer.stop()]
    const late = [writer.submit(add(3)), writer.look(() => 0)]
    for (const one of late)
      await expect(one).rejects.toMatchObject({ name: "NotTheWriter", message: expect.stringContaining("stopped") })
    for (const one of stops) expect(await outcomeOf(one)).toBe("open")
    slow.open()
    await Promise.all([...answers, ...stops])
    expect(await amountsIn(log)).toEqual([1, 2])
    expect(await writer.ended).toMatchObject({ name: "NotTheWriter" })
    await writer.stop()
  })

  it("that does nothing ends it at once", async () => {
    const writer = await openTally(memoryLog())
    await writer.stop()
    expect(await outcomeOf(writer.ended)).toBe("done")
  })
})
