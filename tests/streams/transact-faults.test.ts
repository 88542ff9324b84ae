// A log that fails, another writer, a fault in our own program: nobody is told what is not so, and nobody waits for ever.
import { describe, expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { sealCommit } from "#streams/commit.ts"
import { Fenced, LogUnavailable } from "#streams/ports/event-log.ts"
import { NotTheWriter } from "#streams/writer.ts"
import { amountsIn, gate, keptIn, noon, openTally, outcomeOf, sizesIn, troubledLog, turn, type Add } from "./tally.ts"

const add = (id: number, amount = id): Add => ({ id, amount })
const fails = (error: Error) => async () => {
  throw error
}
const full = () => new LogUnavailable("no space")

describe("a log that is unavailable", () => {
  it("fails those whose commands were not stored; the state is what the log holds, and the next command works", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    await writer.submit(add(1))
    appends.push(fails(full()))
    const lost = [writer.submit(add(2)), writer.submit(add(3)), writer.submit(add(1)), writer.submit(add(4, -1))]
    for (const one of lost) await expect(one).rejects.toBeInstanceOf(LogUnavailable)
    expect(await writer.look(({ total }) => total)).toBe(1)
    expect(writer.head()).toMatchObject({ no: 2, eventNo: 1 })
    expect(await writer.submit(add(2))).toMatchObject({ kind: "facts", events: [{ eventNo: 2, data: { total: 3 } }] })
    expect(await amountsIn(log)).toEqual([1, 2])
    expect(await outcomeOf(writer.ended)).toBe("open")
  })

  it("does not fail those that come meanwhile: they are decided on what the log holds", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.failing(full()))
    const lost = writer.submit(add(2))
    await slow.reached
    const next = [writer.submit(add(3)), writer.look(({ total }) => total)]
    slow.open()
    await expect(lost).rejects.toBeInstanceOf(LogUnavailable)
    expect(await Promise.all(next)).toMatchObject([{ events: [{ eventNo: 1, data: { total: 3 } }] }, 3])
  })

  it("does not answer what was decided upon the commit that was not stored, nor records what had failed", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.failing(full()))
    const lost = writer.submit(add(1))
    await slow.reached
    const [bad, again] = [writer.submit({ id: 2, amount: 1, fault: "decide" }), writer.submit(add(1))]
    await expect(bad).rejects.toThrow("a fault in decide")
    slow.open()
    await expect(lost).rejects.toBeInstanceOf(LogUnavailable)
    expect(await again).toMatchObject({ kind: "facts", events: [{ eventNo: 1, data: { total: 1 } }] }) // no repeat
    expect(await amountsIn(log)).toEqual([1])
  })

  it("for reading too fails what waits, and is asked again for the next command", async () => {
    const { log, appends, reads } = troubledLog()
    const writer = await openTally(log)
    await writer.submit(add(1))
    appends.push(fails(full()))
    await expect(writer.submit(add(2))).rejects.toBeInstanceOf(LogUnavailable)
    reads.push(fails(full()), fails(full()))
    await expect(writer.submit(add(2))).rejects.toBeInstanceOf(LogUnavailable)
    await expect(writer.look(() => 0)).rejects.toBeInstanceOf(LogUnavailable)
    expect(await writer.submit(add(2))).toMatchObject({ kind: "facts", events: [{ eventNo: 2 }] })
    expect(await writer.look(({ total }) => total)).toBe(3)
  })

  it("takes its state from what was kept of it, where there is that, and reads only what came after", async () => {
    const { log, appends } = troubledLog()
    const answered = new Map([[1, { first: 1, last: 1 }]])
    const state = { total: 41, eventNo: 1, recordedAt: noon, answered } // not what a replay would give
    const { no, hash } = (await (await openTally(log)).submit(add(1)), (await log.head(0))!)
    const kept = async () => ({ state, head: { no, hash }, eventNo: 1, epoch: 1 })
    const writer = await openTally(log, { kept })
    await writer.submit(add(2))
    appends.push(fails(full()))
    await expect(writer.submit(add(3))).rejects.toBeInstanceOf(LogUnavailable)
    expect(await writer.look(({ total }) => total)).toBe(41 + 2)
  })

  it("tells no listener of what was not stored", async () => {
    const { log, appends } = troubledLog()
    const seen: Array<number> = []
    const writer = await openTally(log, {
      onCommitted: ({ events }) => seen.push(...events.map(({ eventNo }) => eventNo))
    })
    for (const id of [1, 2, 3, 4]) {
      if (id % 2 === 0) appends.push(fails(full()))
      await writer.submit(add(id)).catch(() => {})
    }
    await writer.submit(add(5))
    expect(seen).toEqual([1, 2, 3])
    expect(await amountsIn(log)).toEqual([1, 3, 5])
  })

  it("until another writer took over ends this one: what that one wrote was never seen here", async () => {
    const { log, inner, appends } = troubledLog()
    const writer = await openTally(log)
    const second = gate()
    appends.push(async () => {
      const other = await openTally(inner)
      await other.submit(add(2))
      await other.stop()
      second.open()
      throw full()
    })
    await expect(writer.submit(add(1))).rejects.toBeInstanceOf(LogUnavailable)
    await expect(writer.submit(add(3))).rejects.toBeInstanceOf(NotTheWriter)
    expect(await writer.ended).toBeInstanceOf(NotTheWriter)
    expect(await amountsIn(inner)).toEqual([2])
  })

  it("that had stored the commit all the same ends the writer: its listeners were not told", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    appends.push(async (store) => {
      await store()
      throw full()
    })
    await expect(writer.submit(add(1))).rejects.toBeInstanceOf(LogUnavailable)
    await expect(writer.submit(add(2))).rejects.toThrow(/said it had not stored/)
    expect(await outcomeOf(writer.ended)).toBe("done")
    const next = await openTally(log)
    expect(await next.submit(add(1))).toEqual({ kind: "repeat", first: 1, last: 1 })
  })

  it("at the start says so", async () => {
    const { log, appends } = troubledLog()
    appends.push(fails(full()))
    await expect(openTally(log)).rejects.toBeInstanceOf(LogUnavailable)
  })
})

describe("another writer", () => {
  it("opens an epoch of its own, and the first is fenced at its next append", async () => {
    const log = memoryLog()
    const [first, second] = [await openTally(log), await openTally(log)]
    const answers = [first.submit(add(1)), first.submit(add(2)), first.look(() => 0)]
    for (const one of answers) await expect(one).rejects.toBeInstanceOf(NotTheWriter)
    expect(await first.ended).toBeInstanceOf(NotTheWriter)
    await expect(first.submit(add(1))).rejects.toBeInstanceOf(NotTheWriter)
    await expect(first.look(() => 0)).rejects.toBeInstanceOf(NotTheWriter)
    expect(await second.submit(add(3))).toMatchObject({ events: [{ eventNo: 1 }] })
    expect((await keptIn(log)).map(({ epoch, events }) => [epoch, events.length])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1]
    ])
  })

  it("goes on from what the first wrote while it opened", async () => {
    const { log, inner, appends, reads } = troubledLog()
    const first = await openTally(inner)
    await first.submit(add(1))
    // the first writes between the second's reading and its epoch, twice
    appends.push(
      async (store) => (await first.submit(add(2)), store()),
      async (store) => (await first.submit(add(3)), store())
    )
    const replayed: Array<number> = []
    const second = await openTally(log, {
      onReplayed: (_, events) => replayed.push(...events.map(({ eventNo }) => eventNo))
    })
    expect(replayed).toEqual([1, 2, 3])
    expect(reads).toEqual([])
    expect(await second.submit(add(4))).toMatchObject({ events: [{ eventNo: 4, data: { total: 10 } }] })
    await expect(first.submit(add(5))).rejects.toBeInstanceOf(NotTheWriter)
    expect((await keptIn(inner)).map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 2, 2])
  })

  it("that a log speaks of though there is none is not believed for ever", async () => {
    const { log, appends } = troubledLog()
    appends.push(fails(new Fenced("somebody")))
    await expect(openTally(log)).rejects.toBeInstanceOf(Fenced)
  })

  it("fails all that waits in the one that is fenced", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.failing(new Fenced("somebody")))
    const waiting = [writer.submit(add(1))]
    await slow.reached
    waiting.push(writer.submit(add(2)), writer.submit(add(3)))
    slow.open()
    for (const one of waiting) await expect(one).rejects.toMatchObject({ name: "NotTheWriter" })
    expect(await amountsIn(log)).toEqual([])
  })
})

describe("a fault", () => {
  it("of an unknown kind in the log ends the writer: whether it stored is not known", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    appends.push(fails(new Error("the disk says nothing")))
    const waiting = [writer.submit(add(1)), writer.submit(add(2))]
    for (const one of waiting) await expect(one).rejects.toThrow("the disk says nothing")
    expect(await writer.ended).toMatchObject({ message: "the disk says nothing" })
    await expect(writer.submit(add(3))).rejects.toThrow("the disk says nothing")
  })

  it.each(["decide", "gather"] as const)("in %s fails its own command: nothing has changed", async (fault) => {
    const log = memoryLog()
    const writer = await openTally(log)
    const [before, bad, after] = [
      writer.submit(add(1)),
      writer.submit({ id: 2, amount: 1, fault }),
      writer.submit(add(3))
    ]
    await expect(bad).rejects.toThrow(`a fault in ${fault}`)
    expect((await Promise.all([before, after])).map(({ kind }) => kind)).toEqual(["facts", "facts"])
    expect(await amountsIn(log)).toEqual([1, 3])
  })

  it("in evolve stops the line: all that wait are told, nothing is stored", async () => {
    const log = memoryLog()
    const writer = await openTally(log)
    const waiting = [
      writer.submit(add(1)),
      writer.submit({ id: 2, amount: 1, fault: "evolve" }),
      writer.submit(add(3)),
      writer.look(() => 0)
    ]
    for (const one of waiting) await expect(one).rejects.toThrow("a fault in evolve")
    expect(await writer.ended).toMatchObject({ message: "a fault in evolve" })
    expect(await sizesIn(log)).toEqual([0])
    await writer.stop()
  })

  it("in evolve, of what came while an append was in flight, ends the line behind that append", async () => {
    const { log, appends } = troubledLog()
    const writer = await openTally(log)
    const slow = gate()
    appends.push(slow.pass)
    const first = writer.submit(add(1))
    await slow.reached
    const bad = [writer.submit(add(2)), writer.submit({ id: 3, amount: 1, fault: "evolve" }), writer.submit(add(4))]
    expect(await outcomeOf(bad[1]!)).toBe("open")
    slow.open()
    expect(await first).toMatchObject({ kind: "facts" })
    for (const one of bad) await expect(one).rejects.toThrow("a fault in evolve")
    expect(await writer.ended).toMatchObject({ message: "a fault in evolve" })
    expect(await amountsIn(log)).toEqual([1])
  })

  it("in a listener ends the writer, but what was stored is answered", async () => {
    const log = memoryLog()
    const writer = await openTally(log, {
      onCommitted: () => {
        throw new Error("a fault in a listener")
      }
    })
    const answers = [writer.submit(add(1)), writer.submit(add(2))]
    expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(["facts", "facts"])
    expect(await writer.ended).toMatchObject({ message: "a fault in a listener" })
    await expect(writer.submit(add(3))).rejects.toThrow("a fault in a listener")
    expect(await amountsIn(log)).toEqual([1, 2])
  })

  it("in what is stored keeps a writer from opening, and is named", async () => {
    const log = memoryLog()
    const writer = await openTally(log)
    await writer.submit(add(1))
    await writer.stop()
    const head = (await log.head(0))!
    await log.append(sealCommit(head, 0, 1, "w", ['{"eventNo":2,"type":"Dreamt","v":1,"data":{}}']))
    await expect(openTally(log)).rejects.toThrow("event type Dreamt is unknown to this program")
    const broken = {
      ...log,
      read: async function* () {
        yield [{ ...head, no: 1 }]
      }
    }
    await expect(openTally(broken)).rejects.toMatchObject({ name: "BrokenChain" })
    await turn()
  })
})
