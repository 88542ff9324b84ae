// What every store of objects must do, whatever keeps it.
import { afterEach, describe, expect, it } from "vitest"
import { KeyTaken, type ObjectStore } from "#streams/ports/object-store.ts"

/** One store, empty at first; `open` gives it anew each time, as another process would have it. */
export type Objects = { readonly open: () => ObjectStore; readonly discard: () => Promise<void> }

export const objectStoreContract = (
  name: string,
  makeStore: () => Promise<Objects>,
  options: Parameters<typeof describe>[1] & object = {}
): void =>
  void describe(`object store: ${name}`, options, () => {
    const cleanups: Array<() => Promise<void>> = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const fresh = async () => {
      const store = await makeStore()
      cleanups.push(store.discard)
      return { store: store.open(), another: store.open }
    }
    const bytes = (text: string) => Buffer.from(text, "utf8")
    const text = async (store: ObjectStore, key: string) => {
      const found = await store.get(key)
      return found === undefined ? undefined : Buffer.from(found).toString("utf8")
    }

    it("is empty at first", async () => {
      const { store } = await fresh()
      expect(await store.get("a/b")).toBeUndefined()
      expect(await store.list("")).toEqual([])
    })

    it("gives back the bytes, also the empty ones, and to others too", async () => {
      const { store, another } = await fresh()
      const all = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256)
      await store.put("a/bytes.bin", all)
      await store.put("a/nothing", new Uint8Array())
      expect(Buffer.compare((await another().get("a/bytes.bin"))!, all)).toBe(0)
      expect((await store.get("a/nothing"))!.length).toBe(0)
    })

    it("never overwrites: the same again is fine, other bytes are refused", async () => {
      const { store, another } = await fresh()
      await store.put("once", bytes("first"))
      await another().put("once", bytes("first"))
      await expect(store.put("once", bytes("other"))).rejects.toThrow(KeyTaken)
      expect(await text(store, "once")).toBe("first")
    })

    it("lets one of many win who want the same key at once", async () => {
      const { store, another } = await fresh()
      const others = [store, another(), another(), another()]
      const outcomes = await Promise.allSettled(others.map((one, i) => one.put("race", bytes(`writer ${i}`))))
      const winner = outcomes.findIndex(({ status }) => status === "fulfilled")
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
      expect(await text(store, "race")).toBe(`writer ${winner}`)
    })

    it("lists by prefix, in order, with sizes", async () => {
      const { store, another } = await fresh()
      for (const key of ["s/1/b", "s/1/a", "s/10/a", "s/2/a", "t"]) await store.put(key, bytes(key))
      const keys = async (prefix: string) => (await another().list(prefix)).map(({ key }) => key)
      expect(await keys("")).toEqual(["s/1/a", "s/1/b", "s/10/a", "s/2/a", "t"])
      expect(await keys("s/1/")).toEqual(["s/1/a", "s/1/b"])
      expect(await keys("s/1")).toEqual(["s/1/a", "s/1/b", "s/10/a"])
      expect(await keys("nothing/")).toEqual([])
      expect(await store.list("t")).toEqual([{ key: "t", size: 1 }])
    })

    it("refuses keys that leave their place", async () => {
      const { store } = await fresh()
      for (const key of ["", "/a", "../a", "a/../b", "a//b", "a b", ".a", "a/"]) {
        await expect(store.put(key, bytes("x")), key).rejects.toThrow(/cannot be the key/)
      }
    })
  })
