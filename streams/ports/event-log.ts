/** One commit as it is stored for ever: hashes in lower hex, `body` the exact bytes. `no` counts from 1 in its partition. */
export type StoredCommit = {
  readonly partition: number
  readonly no: number
  readonly id: string
  /** hash of the commit before, 64 zeros for the first */
  readonly prev: string
  /** Merkle tree hash over the events' bytes */
  readonly root: string
  readonly hash: string
  readonly body: Uint8Array
}

/**
 * Where commits are kept. Every adapter passes `tests/contracts/event-log.ts`.
 * An adapter keeps and gives back bytes; what they mean and whether the chain holds is checked by the reader
 * (`streams/chain.ts`).
 */
export type EventLog = {
  /** for messages: `memory`, `sqlite:FILE`, `nats:URL`, `kurrentdb:URL` */
  readonly name: string
  /** The newest commit, as the one who may append sees it; undefined for an empty partition. */
  readonly head: (partition: number) => Promise<StoredCommit | undefined>
  /**
   * Durable when it resolves. The commit must follow the head (`no` one higher, `prev` its hash).
   * The same commit again succeeds and stores nothing. Fails with {@link Fenced} when another writer was here,
   * with {@link LogUnavailable} when it is certain that nothing was stored and trying again later may help.
   * Lost answers are healed inside: an adapter tries again until it knows the outcome.
   */
  readonly append: (commit: StoredCommit) => Promise<void>
  /** Commits from number `from` to the head as it stands when reading starts, in order, in batches of the adapter's size. */
  readonly read: (partition: number, from: number) => AsyncIterable<ReadonlyArray<StoredCommit>>
  /** As `read`, and then what is appended later, until `signal` aborts (the iteration then ends without an error). */
  readonly follow: (partition: number, from: number, signal: AbortSignal) => AsyncIterable<ReadonlyArray<StoredCommit>>
  /** Numbers of the partitions that hold commits, in order; missing where a store cannot list them. */
  readonly partitions?: () => Promise<ReadonlyArray<number>>
  readonly close: () => Promise<void>
}

/** Another writer appended: this one must drop its state and step down. */
export class Fenced extends Error {
  override readonly name = "Fenced"
}

/** Nothing was stored (no space, read-only, no leader): the caller may try again later. */
export class LogUnavailable extends Error {
  override readonly name = "LogUnavailable"
}
