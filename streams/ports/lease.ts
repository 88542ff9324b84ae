/** What is written of a partition's lease, and the number of that writing. */
export type LeaseEntry = { readonly revision: number; readonly value: string }

/**
 * Where leases are written: one small text for each partition, replaced only by whoever read the one before. Who gets a
 * lease, and when one has run out, is `streams/leases.ts`. Every adapter passes `tests/contracts/lease.ts`.
 */
export type LeaseStore = {
  /** for messages: `memory`, `nats:URL` */
  readonly name: string
  /** The newest entry as the leader of the store has it. Fails with {@link LeaseUnavailable}. */
  readonly read: (partition: number) => Promise<LeaseEntry | undefined>
  /**
   * Writes when the newest entry is still `after` (0: there is none), and gives the new revision; undefined when somebody
   * else wrote in between. Fails with {@link LeaseUnavailable} when there is no answer: it may have been written.
   */
  readonly write: (partition: number, value: string, after: number) => Promise<number | undefined>
  readonly close: () => Promise<void>
}

/** The store does not answer: nobody can tell right now whose the lease is. */
export class LeaseUnavailable extends Error {
  override readonly name = "LeaseUnavailable"
}
