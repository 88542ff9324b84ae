import { describe, expect, it } from "vitest"
import { memoryAnchors } from "#infra/memory/anchor-book.ts"
import { memoryKeys } from "#infra/memory/anchor-keys.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { checkBook } from "#streams/anchors/checked-book.ts"
import { parseRecord, recordText, signRecord, type Anchor } from "#streams/anchors/records.ts"

const AT = "2026-01-02T03:04:05.000000000Z"
const head = (no: number) => ({ partition: 0, no, hash: "b".repeat(64), eventNo: no })

/** A book of two keys and three anchors: lines 1 key, 2 and 3 anchors, 4 key, 5 anchor. */
const book = async () => {
  const kept: Array<string> = []
  const keys = memoryKeys()
  const anchorer = makeAnchorer({ book: memoryAnchors(kept), keys, clock: () => AT })
  await anchorer.sign(head(1))
  await anchorer.sign(head(2))
  const old = (await keys.find((await anchorer.key()).key))!
  await anchorer.rotate()
  await anchorer.sign(head(3))
  return { kept, old, anchorer, keys }
}
const faultsOf = async (lines: Array<string>) =>
  (await checkBook(memoryAnchors(lines))).faults.map(({ line, reason }) => `${line}: ${reason}`)

describe("a book of anchors", () => {
  it("holds when nothing was done to it", async () => {
    expect(await faultsOf((await book()).kept)).toEqual([])
  })

  it("does not hold when any character of any line is changed", async () => {
    const { kept } = await book()
    for (const [i, line] of kept.entries()) {
      for (let at = 0; at < line.length; at += 5) {
        const changed = line.slice(0, at) + String.fromCodePoint(line.codePointAt(at)! ^ 1) + line.slice(at + 1)
        const faults = await faultsOf(kept.map((one, j) => (j === i ? changed : one)))
        expect(faults.length, `line ${i + 1}, character ${at}`).toBeGreaterThan(0)
      }
    }
  }, 60_000)

  it("does not take a key that the one before it did not sign, nor what an old key signs later", async () => {
    const { kept, old } = await book()
    const stranger = await makeAnchorer({ book: memoryAnchors(), keys: memoryKeys(), clock: () => AT }).key()
    expect(await faultsOf([...kept, recordText({ ...stranger, previous: await parsedKey(kept[3]!) })])).toEqual([
      `6: key ${stranger.key} is not signed by the key before it`
    ])
    const late = signRecord<Anchor>({ kind: "anchor", v: 1, ...head(9), at: AT, key: old.id }, old.privateKey)
    expect(await faultsOf([...kept, recordText(late)])).toEqual([`6: key ${old.id} had been replaced`])
  })

  it("does not go back", async () => {
    const { kept, keys } = await book()
    const key = (await keys.find(await parsedKey(kept[4]!)))!
    const late = signRecord<Anchor>({ kind: "anchor", v: 1, ...head(2), at: AT, key: key.id }, key.privateKey)
    expect(await faultsOf([...kept, recordText(late)])).toEqual(["6: it signs commit 2 after commit 3"])
  })

  it("is not signed by who stands behind it, nor with another commit of that number", async () => {
    const { kept, anchorer } = await book()
    await expect(anchorer.sign(head(2))).rejects.toThrow("has signed commit 3 of partition 0: 2 does not follow it")
    await expect(anchorer.sign({ ...head(3), hash: "c".repeat(64) })).rejects.toThrow("3 does not follow it")
    expect((await anchorer.sign(head(3))).no).toBe(3) // said before
    expect(kept).toHaveLength(5)
  })

  it("is begun by one of those who share it, and signed on by all who have its key", async () => {
    const [kept, keys] = [[] as Array<string>, memoryKeys()]
    let begins = false
    const waits = { book: memoryAnchors(kept), keys, clock: () => AT, mayBegin: () => begins }
    const [one, two] = [makeAnchorer(waits), makeAnchorer({ ...waits, mayBegin: () => false })]
    await expect(two.sign(head(1))).rejects.toThrow("names no key yet")
    begins = true
    await one.sign(head(1))
    await two.sign({ ...head(7), partition: 1 })
    expect(await faultsOf(kept)).toEqual([])
    expect(kept).toHaveLength(3)
    const stranger = makeAnchorer({ ...waits, keys: memoryKeys() })
    await expect(stranger.sign(head(2))).rejects.toThrow("its private half is not here")
  })
})

const parsedKey = async (line: string): Promise<string> => parseRecord(line).key
