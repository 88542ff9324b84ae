import { setTimeout as sleep } from "node:timers/promises"
import type { ArchiveEnd } from "./archive.ts"
import { archiveOn, type ArchiveOptions } from "./archiver.ts"

/** How the archive is: where it ends, or why it does not go on. */
export type ArchiveStatus = { readonly end?: ArchiveEnd; readonly trouble?: string }

/**
 * Archives what is new, again and again, until `signal` aborts; then what one segment holds of the rest. A trouble is
 * told and tried again: nothing that is traded waits for it.
 */
export const keepArchived = async (
  options: ArchiveOptions & {
    readonly signal: AbortSignal
    readonly everyMs: number
    readonly onStatus: (status: ArchiveStatus) => void
  }
): Promise<void> => {
  const { signal, everyMs, onStatus } = options
  for (let last = false; !last;) {
    last = signal.aborted
    try {
      onStatus({ end: await archiveOn({ ...options, onSealed: (end) => onStatus({ end }) }) })
    } catch (error) {
      onStatus({ trouble: (error as Error).message })
    }
    if (!last) await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
