import { anchorFile } from "#infra/folder/anchor-file.ts"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { openNatsAnchors } from "#infra/nats/anchor-stream.ts"
import { newestAnchor } from "#streams/anchors/newest-anchor.ts"
import { archiveEnd } from "#streams/archive/archive.ts"
import type { ChainHead } from "#streams/commit.ts"
import { checkEnd, type Witness } from "#streams/lost-end.ts"
import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"
import { headOfSnapshot } from "#streams/snapshots/snapshot.ts"
import { openWhenAsked } from "./open-when-asked.ts"
import type { PlatformOptions } from "./options.ts"
import { type OpenLog, openArchive } from "./stores.ts"

/** So long one of several servers may take to fetch what it lacks. */
const LAG_MS = 20_000

export type EndOf = Pick<PlatformOptions, "natsUrl" | "proof" | "snapshots" | "acceptLost"> & {
  readonly open: Pick<OpenLog, "log" | "mayLag">
  readonly partition: number
  /** the newest commit that this process itself has read or written */
  readonly seen?: ChainHead | undefined
}

/**
 * Before a partition is written: what was signed, archived, kept in a snapshot or read of it must be in the ledger.
 * Throws LostEnd.
 */
export const checkEndOf = async ({ open, partition, seen, natsUrl, proof, snapshots, acceptLost }: EndOf) => {
  const say = (text: string) => void process.stderr.write(`partition ${partition}: ${text}\n`)
  const archive = openArchive(proof, process.env)
  const kept = folderSnapshots(snapshots.folder)
  const books = [
    anchorFile(proof.anchorsFile),
    ...(natsUrl === undefined
      ? []
      : [openWhenAsked("AUDIT", () => openNatsAnchors({ url: natsUrl, name: "trade2026-witness", readOnly: true }))])
  ]
  try {
    await checkEnd({
      log: open.log,
      partition,
      witnesses: [
        ...books.map(signed),
        archived(archive),
        inSnapshot(kept),
        ...(seen === undefined ? [] : [{ name: "read or written by this process", newest: async () => seen }])
      ],
      accepted: acceptLost,
      patienceMs: open.mayLag() ? LAG_MS : 0,
      onSilent: (witness, reason) => say(`whether its end is lost cannot be asked of what was ${witness}: ${reason}`),
      onAccepted: (reason) => say(`${reason}; it is lost, and was given up (--accept-lost)`)
    })
  } finally {
    // nobody waits for a connection that is slow to end
    void Promise.allSettled([...books, archive, kept].map((one) => one.close()))
  }
}

const signed = (book: AnchorBook): Witness => ({
  name: `signed in ${book.name}`,
  newest: (partition) => newestAnchor(book, partition)
})

const archived = (store: ObjectStore): Witness => ({
  name: `archived in ${store.name}`,
  newest: (partition) => archiveEnd(store, partition)
})

const inSnapshot = (store: SnapshotStore): Witness => ({
  name: `kept in a snapshot in ${store.name}`,
  newest: async (partition) => {
    const newest = (await store.list(partition)).at(-1)
    const bytes = newest && (await store.get(partition, newest.no))
    return bytes && headOfSnapshot(bytes)
  }
})
