/** Something that limits what a log can still take. */
export type Room = {
  /** bytes until it is used up */
  readonly freeBytes: number
  /** of so many, where that is known: what is there already counts */
  readonly totalBytes?: number
  /** what it is, in words: `the disk of /data`, `max_bytes of stream LEDGER` */
  readonly limit: string
}

/**
 * How much room is left beside a log, so that space can be kept in reserve: facts cannot be refused, so new orders have to
 * stop before. Every adapter passes `tests/contracts/log-space.ts`.
 */
export type LogSpace = {
  /** Everything that limits it, as it is now; nothing where nothing does. Fails where nobody answers. */
  readonly rooms: () => Promise<ReadonlyArray<Room>>
}
