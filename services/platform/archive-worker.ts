import { setTimeout as sleep } from "node:timers/promises"
import { parentPort, workerData } from "node:worker_threads"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keepArchived, type ArchiveStatus } from "#streams/archive/keep-archived.ts"
import { archiveCopy, logCopy } from "#streams/copies/copy.ts"
import { keepScrubbing, type Scrubbed } from "#streams/copies/scrub.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { ProofSettings } from "./proof-settings.ts"
import { openArchive, openLogForReading } from "./stores.ts"

export type ArchiveWork = {
  readonly partition: number
  readonly data: string
  readonly natsUrl: string | undefined
  readonly settings: ProofSettings
}
export type ArchiveWord = { readonly archive: ArchiveStatus } | { readonly scrubbed: Scrubbed }

// Beside the writer and not in its loop: packing, hashing and reading again cost whole cores while they last.
const work = workerData as ArchiveWork
const { partition, settings } = work
const port = parentPort!
const stopping = new AbortController()
port.on("message", () => stopping.abort())
const say = (word: ArchiveWord) => port.postMessage(word)
const { signal } = stopping

const openPatiently = async (): Promise<EventLog | undefined> => {
  for (;;) {
    try {
      return await openLogForReading(work)
    } catch (error) {
      say({ archive: { trouble: (error as Error).message } })
    }
    if (signal.aborted) return undefined
    await sleep(1_000, undefined, { signal }).catch(() => undefined)
  }
}

const log = await openPatiently()
if (log !== undefined) {
  const store = openArchive(settings, process.env)
  await Promise.all([
    keepArchived({
      log,
      store,
      partition,
      codec: ledgerCodec,
      segmentBytes: settings.segmentBytes,
      everyMs: settings.archiveEveryMs,
      signal,
      onStatus: (archive) => say({ archive })
    }),
    keepScrubbing({
      partition,
      copies: [logCopy("ledger", log), archiveCopy("archive", store, ledgerCodec)],
      book: anchorFile(settings.anchorsFile),
      firstAfterMs: Math.min(settings.scrubEveryMs, 60_000),
      everyMs: settings.scrubEveryMs,
      bytesPerSecond: settings.scrubBytesPerSecond,
      signal,
      onScrubbed: (scrubbed) => say({ scrubbed })
    })
  ])
  await log.close()
}
port.close()
