import { afterAll, describe, expect, it } from "vitest"
import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

/** What every adapter of the snapshot store promises; `open` gives an empty one. */
export const snapshotStoreContract = (
  name: string,
  { open, discard }: { readonly open: () => SnapshotStore; readonly discard: () => void }
): void => {
  describe(`a snapshot store (${name})`, () => {
    afterAll(discard)

    it("gives back what was put, by partition and commit", async () => {
      const store = open()
      await store.put(0, 7, bytes("seven"))
      await store.put(1, 7, bytes("of another partition"))
      expect(Buffer.from((await store.get(0, 7))!).toString()).toBe("seven")
      expect(Buffer.from((await store.get(1, 7))!).toString()).toBe("of another partition")
      expect(await store.get(0, 8)).toBeUndefined()
      expect(await store.get(2, 7)).toBeUndefined()
      await store.close()
    })

    it("lists those of a partition, the oldest first", async () => {
      const store = open()
      for (const no of [100, 9, 1_000_000_000_000, 20]) await store.put(3, no, bytes(`commit ${no}`))
      expect((await store.list(3)).map(({ no }) => no)).toEqual([9, 20, 100, 1_000_000_000_000])
      expect((await store.list(3))[0]).toEqual({ no: 9, size: "commit 9".length })
      expect(await store.list(4)).toEqual([])
      await store.close()
    })

    it("replaces one of the same commit, and forgets what is dropped", async () => {
      const store = open()
      await store.put(0, 5, bytes("damaged"))
      await store.put(0, 5, bytes("sound"))
      expect(Buffer.from((await store.get(0, 5))!).toString()).toBe("sound")
      await store.put(0, 6, new Uint8Array(1 << 20).fill(9))
      await store.drop(0, 5)
      await store.drop(0, 99)
      expect(await store.list(0)).toEqual([{ no: 6, size: 1 << 20 }])
      expect(await store.get(0, 5)).toBeUndefined()
      await store.close()
    })

    it("keeps nothing of the caller's bytes", async () => {
      const store = open()
      const given = bytes("as it was")
      await store.put(0, 1, given)
      given.fill(0)
      const first = await store.get(0, 1)
      first!.fill(0)
      expect(Buffer.from((await store.get(0, 1))!).toString()).toBe("as it was")
      await store.close()
    })
  })
}
