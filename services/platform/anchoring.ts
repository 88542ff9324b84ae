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
  /** where the chain stands; undefined while there is no writer */
  readonly head: () => Head | undefined
}

/** Signs where the chain stands while there is something new, and a last time at the end. */
export const startAnchoring = ({ anchorer, book, outside, everyMs, head }: AnchoringOptions) => {
  const stop = new AbortController()
  const copies = outside.map((open) => outsideBook(book, open))
  let signed = 0
  let trouble: string | undefined
  const once = async () => {
    try {
      const now = head()
      if (now !== undefined && now.no > signed) signed = (await anchorer.sign(now)).no
      trouble = undefined
    } catch (error) {
      trouble = (error as Error).message
    }
    await Promise.all(copies.map((copy) => copy.forward()))
  }
  const run = async () => {
    while (!stop.signal.aborted) {
      await once()
      await sleep(everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
    }
    await once()
    await Promise.all(copies.map((copy) => copy.close()))
    await book.close()
  }
  const running = run()
  return {
    signed: () => signed,
    health: (): HealthCheck => {
      const detail = [trouble, ...copies.map((copy) => copy.trouble())].filter((text) => text !== undefined).join("; ")
      return detail === "" ? { status: "ok", detail: `commit ${signed} is signed` } : { status: "degraded", detail }
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
