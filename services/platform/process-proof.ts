import type { HealthCheck } from "#services/contract/health.ts"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { openNatsAnchors } from "#infra/nats/anchor-stream.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import { startAnchoring, type Head } from "./anchoring.ts"
import { type ArchiveKeeper, keepArchive } from "./archive-keeper.ts"
import { openWhenAsked } from "./open-when-asked.ts"
import type { ProofSettings } from "./proof-settings.ts"
import { openArchive } from "./stores.ts"

/** By which the partitions that a process writes are proved: each of them while it is written here. */
export type ProcessProof = {
  /** From here on the partition is signed and archived here; `head` is undefined while somebody else may write it. */
  readonly begin: (partition: number, head: () => Head | undefined) => { readonly end: () => void }
  readonly health: () => Readonly<Record<string, HealthCheck>>
  /** After everything was handed over: waits for the archivers. */
  readonly close: () => Promise<void>
}

export type ProcessProofOptions = {
  readonly data: string
  readonly natsUrl: string
  readonly settings: ProofSettings
  readonly clock: () => string
}

/** The partition whose writer makes the first key: two at once would each make one. */
const BEGINS = 0

/**
 * The book that is signed is the stream AUDIT, one for all processes and one key for all of them; the data folder has a
 * copy of it, and so has an archive in that folder. A bucket that several processes share gets none from here.
 */
export const startProcessProof = ({ data, natsUrl, settings, clock }: ProcessProofOptions): ProcessProof => {
  const book = openWhenAsked("AUDIT", () => openNatsAnchors({ url: natsUrl, name: "trade2026-anchors" }))
  const held = new Map<number, { readonly head: () => Head | undefined; readonly archive: ArchiveKeeper }>()
  const closing = new Set<Promise<void>>()
  const anchoring = startAnchoring({
    anchorer: makeAnchorer({ book, keys: keyFolder(settings.keysFolder), clock, mayBegin: () => held.has(BEGINS) }),
    book,
    outside: [
      async () => anchorFile(settings.anchorsFile),
      ...(settings.s3Url === undefined ? [async () => archivedAnchors(openArchive(settings, process.env))] : [])
    ],
    everyMs: settings.anchorEveryMs,
    heads: () => [...held.values()].flatMap(({ head }) => head() ?? [])
  })
  openArchive(settings, process.env) // an address that cannot be right is told at the start
  return {
    begin: (partition, head) => {
      const archive = keepArchive({ partition, data, natsUrl, settings })
      const holding = { head, archive }
      held.set(partition, holding)
      anchoring.look()
      return {
        // nobody waits for it: the next writer begins meanwhile, and archives on where this one ends
        end: () => {
          if (held.get(partition) === holding) held.delete(partition)
          const closed = archive.close().finally(() => closing.delete(closed))
          closing.add(closed)
        }
      }
    },
    health: () => ({
      anchors: anchoring.health(),
      ...Object.fromEntries(
        [...held].flatMap(([partition, { head, archive }]) => [
          [`archive-${partition}`, archive.archiveHealth(head()?.no ?? 0)],
          [`copies-${partition}`, archive.copiesHealth()]
        ])
      )
    }),
    close: async () => {
      await anchoring.close()
      await Promise.all(closing)
    }
  }
}
