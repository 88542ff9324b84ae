/** A snapshot that is kept: by the commit whose state it holds. */
export type KeptSnapshot = { readonly no: number; readonly size: number }

/**
 * Where snapshots of partitions are kept. A cache: whatever is missing or damaged costs time and nothing else, so unlike
 * an archive it replaces and forgets. Every adapter passes `tests/contracts/snapshot-store.ts`.
 */
export type SnapshotStore = {
  /** for messages: `folder:DIR` */
  readonly name: string
  /** Durable when it resolves. Whole or not at all, also when the process ends meanwhile; one of the same commit is replaced. */
  readonly put: (partition: number, no: number, bytes: Uint8Array) => Promise<void>
  /** Those of a partition, the oldest first. */
  readonly list: (partition: number) => Promise<ReadonlyArray<KeptSnapshot>>
  readonly get: (partition: number, no: number) => Promise<Uint8Array | undefined>
  /** Succeeds where there is none. */
  readonly drop: (partition: number, no: number) => Promise<void>
  readonly close: () => Promise<void>
}
