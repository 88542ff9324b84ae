import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { openNatsAnchors } from "#infra/nats/anchor-stream.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import type { HealthCheck } from "#services/contract/health.ts"
import type { Gauge } from "#services/http/request-metrics.ts"
import { startAnchoring, type Head } from "./anchoring.ts"
import { keepArchive } from "./archive-keeper.ts"
import type { ArchiveWork } from "./archive-worker.ts"
import { openArchive } from "./stores.ts"

/** Everything by which the ledger is proved while it runs: signed anchors, the archive, and the scrub over both. */
export type Proof = {
  /** From here on there is a chain to sign. */
  readonly attach: (head: () => Head) => void
  readonly health: () => { readonly anchors: HealthCheck; readonly archive: HealthCheck; readonly copies: HealthCheck }
  readonly gauges: ReadonlyArray<Gauge>
  /** After the writer has stopped: signs and archives its last commits. */
  readonly close: () => Promise<void>
}

export const startProof = ({ clock, ...work }: ArchiveWork & { readonly clock: () => string }): Proof => {
  const { settings, natsUrl } = work
  let head: (() => Head) | undefined
  const book = anchorFile(settings.anchorsFile)
  const anchoring = startAnchoring({
    anchorer: makeAnchorer({ book, keys: keyFolder(settings.keysFolder), clock }),
    book,
    outside: [
      ...(natsUrl === undefined ? [] : [() => openNatsAnchors({ url: natsUrl, name: "trade2026-anchors" })]),
      async () => archivedAnchors(openArchive(settings, process.env))
    ],
    everyMs: settings.anchorEveryMs,
    heads: () => (head === undefined ? [] : [head()])
  })
  openArchive(settings, process.env) // an address that cannot be right is told at the start
  const archiving = keepArchive(work)
  return {
    attach: (now) => (head = now),
    health: () => ({
      anchors: anchoring.health(),
      archive: archiving.archiveHealth(head?.().no ?? 0),
      copies: archiving.copiesHealth()
    }),
    gauges: [
      {
        name: "anchor_commit_no",
        description: "Newest commit that is signed",
        read: () => anchoring.signed(work.partition)
      },
      {
        name: "archive_commit_no",
        description: "Newest commit that is archived",
        read: () => archiving.archive().end?.no ?? 0
      },
      {
        name: "ledger_copy_faults",
        description: "What the last scrub of ledger, archive and anchors found wrong",
        read: () => archiving.scrubbed()?.faults.length ?? 0
      }
    ],
    close: async () => {
      await anchoring.close()
      await archiving.close()
    }
  }
}
