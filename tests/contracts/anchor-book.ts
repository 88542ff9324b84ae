// What every book of anchors must do, whatever keeps it.
import { afterEach, describe, expect, it } from "vitest"
import { type AnchorBook, BookMoved } from "#streams/ports/anchor-book.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { checkBook } from "#streams/anchors/checked-book.ts"
import { makeForward } from "#streams/anchors/forward.ts"
import { memoryAnchors } from "#infra/memory/anchor-book.ts"
import { memoryKeys } from "#infra/memory/anchor-keys.ts"

/** One book, empty at first; `open` gives it anew each time, as another process would have it. */
export type Books = { readonly open: () => Promise<AnchorBook>; readonly discard: () => Promise<void> }

const head = (no: number) => ({ partition: 0, no, hash: String(no % 10).repeat(64), eventNo: no * 2 })
const clock = () => {
  let second = 0
  return () => `2026-01-02T03:04:${String(second++).padStart(2, "0")}.000000000Z`
}

export const anchorBookContract = (
  name: string,
  makeBooks: () => Promise<Books>,
  options: Parameters<typeof describe>[1] & object = {}
): void =>
  void describe(`anchor book: ${name}`, options, () => {
    const cleanups: Array<() => Promise<void>> = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const fresh = async () => {
      const books = await makeBooks()
      cleanups.push(books.discard)
      return async () => {
        const book = await books.open()
        cleanups.push(book.close)
        return book
      }
    }
    /** A book with a key, two anchors, another key and an anchor. */
    const signed = async (book: AnchorBook) => {
      const anchorer = makeAnchorer({ book, keys: memoryKeys(), clock: clock() })
      await anchorer.sign(head(3))
      await anchorer.sign(head(7))
      await anchorer.rotate()
      await anchorer.sign(head(9))
    }

    it("is empty at first", async () => {
      const book = await (await fresh())()
      expect(await book.read(0)).toMatchObject({ lines: [] })
      expect(await book.last()).toBeUndefined()
      await book.append([])
      expect(await book.last()).toBeUndefined()
    })

    it("gives back lines in order, to others too, and what is new since", async () => {
      const open = await fresh()
      const source = memoryAnchors()
      await signed(source)
      const { lines } = await source.read(0)
      const book = await open()
      await book.append(lines.slice(0, 2))
      const { lines: first, next } = await (await open()).read(0)
      await book.append(lines.slice(2))
      expect(first).toEqual(lines.slice(0, 2))
      expect((await (await open()).read(0)).lines).toEqual(lines)
      expect((await book.read(next)).lines).toEqual(lines.slice(2))
      expect(await book.last()).toBe(lines.at(-1))
      expect((await book.read((await book.read(0)).next)).lines).toEqual([])
    })

    it("takes nothing that was written by what it said before", async () => {
      const open = await fresh()
      const [book, other] = [await open(), await open()]
      const source = memoryAnchors()
      await signed(source)
      const [first, second, third] = (await source.read(0)).lines
      const { next: empty } = await book.read(0)
      await book.append([first!], empty)
      await expect(other.append([second!], empty)).rejects.toBeInstanceOf(BookMoved)
      const { next } = await other.read(0)
      await other.append([second!, third!], next)
      await expect(book.append([third!], next)).rejects.toBeInstanceOf(BookMoved)
      expect((await book.read(0)).lines).toEqual([first, second, third])
    })

    it("is signed by several at once while the key is replaced again and again: nobody signs with one that was", async () => {
      const open = await fresh()
      const keys = memoryKeys()
      const signer = async () => makeAnchorer({ book: await open(), keys, clock: clock() })
      const [rotating, ...signers] = await Promise.all([0, 1, 2, 3].map(signer))
      await rotating!.key()
      const signing = signers.map(async (one, partition) => {
        for (let no = 1; no <= 8; no++) await one.sign({ ...head(no), partition })
      })
      for (let rotations = 0; rotations < 3; rotations++) await rotating!.rotate()
      await Promise.all(signing)
      const { keys: named, faults, anchors } = await checkBook(await open())
      expect(faults).toEqual([])
      expect(named).toHaveLength(4)
      expect(anchors).toHaveLength(24)
    })

    it("has one key after another where several replace it at once, and what signs then is not thrown away", async () => {
      const open = await fresh()
      const keys = memoryKeys()
      const signers = await Promise.all(
        [0, 1, 2].map(async () => makeAnchorer({ book: await open(), keys, clock: clock() }))
      )
      await signers[0]!.key()
      await Promise.all(signers.map((one) => one.rotate()))
      await signers[0]!.sign(head(1))
      const { keys: named, faults, anchors } = await checkBook(await open())
      expect([faults, named.length, anchors.length]).toEqual([[], 4, 1])
      const kept = await Promise.all(named.map(async ({ key }) => (await keys.find(key)) !== undefined))
      expect(kept).toEqual([false, false, false, true])
    })

    it("takes over from a book what it has not, also after a process that ended in between", async () => {
      const open = await fresh()
      const source = memoryAnchors()
      await signed(source)
      const { lines } = await source.read(0)
      const book = await open()
      await book.append(lines.slice(0, 3))
      const forward = makeForward(source, book)
      await forward()
      await forward()
      const anchorer = makeAnchorer({ book: source, keys: memoryKeys(), clock: clock() })
      await expect(anchorer.sign(head(11))).rejects.toThrow(/private half is not here/u)
      expect((await book.read(0)).lines).toEqual(lines)
      const { anchors, keys, faults } = await checkBook(book)
      expect(faults).toEqual([])
      expect(anchors.map(({ no }) => no)).toEqual([3, 7, 9])
      expect(keys).toHaveLength(2)
    })
  })
