import { setTimeout as sleep } from "node:timers/promises"
import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import { makeForward } from "#streams/anchors/forward.ts"
import type { Anchorer } from "#streams/anchors/anchorer.ts"
import type { Anchor } from "#streams/anchors/records.ts"
import type { HealthCheck } from "#services/contract/health.ts"

export type Head = Pick<Anchor, "partition" | "no" | "hash" | "eventNo">

export type AnchoringOptions = {
  readonly anchorer: Anchorer
  readonly book: AnchorBook
  /** books elsewhere that get a copy; opened when first needed, and again after a failure */
  readonly outside: ReadonlyArray<() => Promise<AnchorBook>>
  readonly everyMs: number
  /** where the chains stand that are written here */
  readonly heads: () => ReadonlyArray<Head>
}

/** Signs where each chain stands while there is something new, and a last time at the end. */
export const startAnchoring = ({ anchorer, book, outside, everyMs, heads }: AnchoringOptions) => {
  const stop = new AbortController()
  const copies = outside.map((open) => outsideBook(book, open))
  const signed = new Map<number, number>()
  let asked = false
  let waiting = new AbortController()
  let trouble: string | undefined
  const once = async () => {
    const troubles: Array<string> = []
    for (const head of heads()) {
      if (head.no <= (signed.get(head.partition) ?? 0)) continue
      try {
        signed.set(head.partition, (await anchorer.sign(head)).no)
      } catch (error) {
        troubles.push((error as Error).message)
      }
    }
    trouble = troubles.length === 0 ? undefined : [...new Set(troubles)].join("; ")
    await Promise.all(copies.map((copy) => copy.forward()))
  }
  const run = async () => {
    while (!stop.signal.aborted) {
      asked = false
      await once()
      if (asked) continue
      waiting = new AbortController()
      const signal = AbortSignal.any([stop.signal, waiting.signal])
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
    await once()
    await Promise.all(copies.map((copy) => copy.close()))
    await book.close()
  }
  const running = run()
  return {
    /** the newest commit of a partition that was signed here */
    signed: (partition: number) => signed.get(partition) ?? 0,
    /** Looks at the heads now. */
    look: () => {
      asked = true
      waiting.abort()
    },
    health: (): HealthCheck => {
      const detail = [trouble, ...copies.map((copy) => copy.trouble())].filter((text) => text !== undefined).join("; ")
      if (detail !== "") return { status: "degraded", detail }
      const commits = [...signed].map(([partition, no]) =>
        partition === 0 && signed.size === 1 ? `commit ${no}` : `commit ${no} of partition ${partition}`
      )
      return { status: "ok", detail: `${commits.join(", ") || "commit 0"} is signed` }
    },
    close: async () => {
      stop.abort()
      await running
    }
  }
}

const outsideBook = (book: AnchorBook, open: () => Promise<AnchorBook>) => {
  let held: { readonly other: AnchorBook; readonly forward: () => Promise<void> } | undefined
  let trouble: string | undefined
  return {
    trouble: () => trouble,
    forward: async () => {
      try {
        if (held === undefined) {
          const other = await open()
          held = { other, forward: makeForward(book, other) }
        }
        await held.forward()
        trouble = undefined
      } catch (error) {
        trouble = `anchors are not copied: ${(error as Error).message}`
      }
    },
    close: async () => await held?.other.close()
  }
}
