import { type AnchorBook, BookMoved } from "#streams/ports/anchor-book.ts"
import { KeyTaken, type ObjectStore } from "#streams/ports/object-store.ts"

const PREFIX = "anchors/"

/** Signed records in the archive, an object each, so that they are where the second copy of the commits is. */
export const archivedAnchors = (store: ObjectStore): AnchorBook => {
  const lineOf = async (key: string) =>
    Buffer.from((await store.get(key))!)
      .toString("utf8")
      .trimEnd()
  return {
    name: `${store.name} ${PREFIX}`,
    append: async (lines, after) => {
      const keys = await store.list(PREFIX)
      if (after !== undefined && after !== keys.length) throw new BookMoved(`${store.name} ${PREFIX}`)
      let no = numberOf(keys.at(-1)?.key)
      for (const line of lines) {
        const key = `${PREFIX}${String(++no).padStart(12, "0")}.json`
        await store.put(key, Buffer.from(`${line}\n`, "utf8")).catch((error: unknown) => {
          // a number that somebody else took meanwhile is refused by the store
          throw after !== undefined && error instanceof KeyTaken ? new BookMoved(`${store.name} ${PREFIX}`) : error
        })
      }
    },
    read: async (from) => {
      const keys = (await store.list(PREFIX)).map(({ key }) => key)
      const lines: Array<string> = []
      for (let at = from; at < keys.length; at += AT_ONCE)
        lines.push(...(await Promise.all(keys.slice(at, at + AT_ONCE).map(lineOf))))
      return { lines, next: keys.length }
    },
    last: async () => {
      const newest = (await store.list(PREFIX)).at(-1)
      return newest === undefined ? undefined : await lineOf(newest.key)
    },
    close: async () => undefined
  }
}
const AT_ONCE = 16
const numberOf = (key: string | undefined): number => Number(/(\d+)\.json$/u.exec(key ?? "")?.[1] ?? 0)
