import { setTimeout as sleep } from "node:timers/promises"
import { allAnchors, checkBook } from "#streams/anchors/checked-book.ts"
import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import { compareCopies, type CompareOptions } from "./compare.ts"

/** What a look at everything found, each fault as a sentence. */
export type Scrubbed = { readonly commits: number; readonly faults: ReadonlyArray<string>; readonly trouble?: string }

export type ScrubOptions = Pick<CompareOptions, "partition" | "copies"> & {
  readonly book: AnchorBook
  readonly firstAfterMs: number
  readonly everyMs: number
  /** so many bytes of commits in a second, all copies together */
  readonly bytesPerSecond: number
  readonly signal: AbortSignal
  readonly onScrubbed: (found: Scrubbed) => void
}

/** Reads all copies again and again, slowly, and tells what it found, until `signal` aborts. */
export const keepScrubbing = async (options: ScrubOptions): Promise<void> => {
  const { everyMs, firstAfterMs, signal, onScrubbed } = options
  for (let wait = firstAfterMs; !signal.aborted; wait = everyMs) {
    await sleep(wait, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      onScrubbed(await scrubOnce(options))
    } catch (error) {
      if (!signal.aborted) onScrubbed({ commits: 0, faults: [], trouble: (error as Error).message })
    }
  }
}

const scrubOnce = async ({ partition, copies, book, bytesPerSecond, signal }: ScrubOptions): Promise<Scrubbed> => {
  const checked = await checkBook(book)
  const anchors = allAnchors([checked]).filter((anchor) => anchor.partition === partition)
  const pace = (bytes: number) => sleep((bytes / bytesPerSecond) * 1_000, undefined, { signal })
  const compared = await compareCopies({ partition, copies, anchors, pace })
  return {
    commits: compared.copies[0]?.commits ?? 0,
    faults: [
      ...checked.faults.map(({ line, reason }) => `line ${line} of ${checked.name}: ${reason}`),
      ...compared.faults.map(
        ({ copy, kind, commit, last, reason }) =>
          `${copy}, partition ${partition}: ${commit === last ? `commit ${commit} is` : `commits ${commit} to ${last} are`} ${kind}: ${reason}`
      )
    ]
  }
}
