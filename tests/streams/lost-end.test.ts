import { describe, expect, it } from "vitest"
import { memoryAnchors } from "#infra/memory/anchor-book.ts"
import { memoryKeys } from "#infra/memory/anchor-keys.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { newestAnchor } from "#streams/anchors/newest-anchor.ts"
import { type ChainHead, EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import { checkEnd, commitName, LostEnd, type LostEndOptions, type Witness } from "#streams/lost-end.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

/** A log of so many commits, and all of them. */
const ledger = async (length: number, writer = "w") => {
  const log = memoryLog()
  const heads: Array<ChainHead> = []
  for (let epoch = 1; epoch <= length; epoch++) {
    const commit = sealCommit(heads.at(-1) ?? EMPTY_CHAIN, 0, epoch, writer, [])
    await log.append(commit)
    heads.push({ no: commit.no, hash: commit.hash })
  }
  return { log, heads }
}
const knows = (head: ChainHead | undefined): Witness => ({ name: "signed in a book", newest: async () => head })
const check = (log: EventLog, witness: Witness, more: Partial<LostEndOptions> = {}) =>
  checkEnd({ log, partition: 0, witnesses: [witness], ...more })

describe("a ledger that lost its end", () => {
  it("is not one that has more than anybody knows of, or of which nobody knows", async () => {
    const { log, heads } = await ledger(6)
    for (const head of [...heads, undefined, EMPTY_CHAIN]) await check(log, knows(head))
    await check(memoryLog(), knows(undefined))
  })

  it("is refused where it is shorter, gone, or another one", async () => {
    const { heads } = await ledger(6)
    const name = commitName(0, heads[5]!)
    const known = `commit 6 (${heads[5]!.hash.slice(0, 12)})`
    for (const [log, told] of [
      [(await ledger(4)).log, `ends at commit 4, and ${known} was signed in a book`],
      [memoryLog(), `ends at commit 0, and ${known} was signed in a book`],
      [(await ledger(8, "another")).log, `ends at commit 8, and ${known}, not the one that is there, `]
    ] as const) {
      const error = await check(log, knows(heads[5])).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(LostEnd)
      expect((error as LostEnd).message).toContain(told)
      expect((error as LostEnd).lost).toEqual([name])
    }
  })

  it("is written on by whoever gives up exactly the commit that is lost", async () => {
    const { heads } = await ledger(6)
    const { log } = await ledger(4)
    const told: Array<string> = []
    const accepted = [commitName(0, heads[5]!)]
    await check(log, knows(heads[5]), { accepted, onAccepted: (reason) => told.push(reason) })
    expect(told).toEqual([expect.stringContaining("commit 6")])
    await expect(check(log, knows(heads[4]), { accepted })).rejects.toThrow(LostEnd)
  })

  it("is not concluded from a witness that does not answer, nor from a server that is still fetching it", async () => {
    const { heads } = await ledger(6)
    const { log } = await ledger(4)
    const silent: Array<string> = []
    const away: Witness = { name: "archived far away", newest: () => Promise.reject(new Error("no route")) }
    await check(log, away, { onSilent: (name, reason) => silent.push(`${name}: ${reason}`) })
    expect(silent).toEqual(["archived far away: no route"])

    const whole = (await ledger(6)).log
    let asked = 0
    const fetching = {
      ...log,
      read: (...from: Parameters<EventLog["read"]>) => (asked++ === 0 ? log : whole).read(...from)
    }
    await check(fetching, knows(heads[5]), { patienceMs: 60_000 })
    expect(asked).toBe(2)
  })
})

describe("the newest anchor of a book", () => {
  const signed = async () => {
    const lines: Array<string> = []
    const book = memoryAnchors(lines)
    const anchorer = makeAnchorer({ book, keys: memoryKeys(), clock: () => "2026-01-02T03:04:05.000000000Z" })
    const sign = (partition: number, no: number) =>
      anchorer.sign({ partition, no, hash: String(no).repeat(64), eventNo: no })
    await sign(0, 1)
    await sign(0, 2)
    await anchorer.rotate()
    await sign(0, 3)
    await sign(7, 4)
    return { book, lines }
  }
  it("is that of the partition, over changes of keys", async () => {
    const { book } = await signed()
    expect([await newestAnchor(book, 0), await newestAnchor(book, 7), await newestAnchor(book, 1)]).toMatchObject([
      { no: 3 },
      { no: 4 },
      undefined
    ])
  })
  it("is the one before where a line was changed", async () => {
    const { lines } = await signed()
    const spoiled = lines.map((line) => line.replace(`"hash":"333`, `"hash":"733`))
    expect(await newestAnchor(memoryAnchors(spoiled), 0)).toMatchObject({ no: 2 })
  })
})
