import type { Time } from "#domain/kernel/time.ts"

/** Of a venue: its `reports` as they came, kept for days; what is in `suspense`, kept for ever; how far it is `settled`. */
export type RawChannel = { readonly venue: string; readonly channel: "reports" | "suspense" | "settled" }
/** One message as it came. Numbers rise within a channel; they may have gaps. */
export type RawRecord = { readonly no: number; readonly at: Time; readonly bytes: Uint8Array }

/** Where what comes from outside is kept before anybody understands it. Every adapter passes `tests/contracts/raw-store.ts`. */
export type RawStore = {
  /** for messages: `memory`, `sqlite:FILE`, `nats:URL` */
  readonly name: string
  /**
   * Durable when it resolves, with the records' numbers. Where it fails some may be stored: appended again they are there
   * twice, which their reader has to bear.
   */
  readonly append: (
    channel: RawChannel,
    records: ReadonlyArray<Omit<RawRecord, "no">>
  ) => Promise<ReadonlyArray<number>>
  /** From number `from` to the end as it stands when reading starts, in order. */
  readonly read: (channel: RawChannel, from: number) => AsyncIterable<ReadonlyArray<RawRecord>>
  readonly newest: (channel: RawChannel) => Promise<RawRecord | undefined>
  readonly close: () => Promise<void>
}
