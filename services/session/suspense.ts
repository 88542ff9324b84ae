import type { Time } from "#domain/kernel/time.ts"
import type { RawStore } from "#streams/ports/raw-store.ts"

/** Something a venue said that nobody understood, or that has no place in the books: it waits for a person. */
export type Suspended = {
  /** the number of the raw message, and of the report in it */
  readonly id: string
  readonly receivedAt: Time
  readonly reason: string
  /** as it came */
  readonly bytes: Uint8Array
  /** the event that keeps it in the ledger, where one does */
  readonly position?: string
}
/** `recorded`: tried again, it was understood; `dismissed`: a person has seen to it otherwise. */
export type Resolution = "recorded" | "dismissed"

type Note =
  | {
      readonly type: "suspended"
      readonly id: string
      readonly receivedAt: Time
      readonly reason: string
      readonly raw: string
      readonly position?: string
    }
  | {
      readonly type: "resolved"
      readonly id: string
      readonly as: Resolution
      readonly actor: string
      readonly note: string
    }

/** What of a venue's reports is in suspense: notes that are kept for ever, with the bytes, and never changed. */
export class Suspense {
  readonly #store: RawStore
  readonly #venue: string
  readonly #clock: () => Time
  readonly #open = new Map<string, Suspended>()
  /** also what is resolved: the same report may come once more after a crash */
  readonly #known = new Set<string>()

  constructor(store: RawStore, venue: string, clock: () => Time) {
    this.#store = store
    this.#venue = venue
    this.#clock = clock
  }

  async restore(): Promise<void> {
    for await (const batch of this.#store.read(this.#channel, 1)) {
      for (const { bytes } of batch) this.#apply(JSON.parse(Buffer.from(bytes).toString("utf8")) as Note)
    }
  }

  get size(): number {
    return this.#open.size
  }
  get all(): ReadonlyArray<Suspended> {
    return [...this.#open.values()]
  }
  get(id: string): Suspended | undefined {
    return this.#open.get(id)
  }

  async add(report: Suspended): Promise<void> {
    if (!this.#known.has(report.id)) await this.restate(report)
  }

  /** It was tried again, and has another reason now or a place in the ledger. */
  async restate({ bytes, ...about }: Suspended): Promise<void> {
    await this.#append({ type: "suspended", ...about, raw: Buffer.from(bytes).toString("base64") })
  }

  async resolve(id: string, as: Resolution, actor: string, note: string): Promise<void> {
    await this.#append({ type: "resolved", id, as, actor, note })
  }

  get #channel() {
    return { venue: this.#venue, channel: "suspense" } as const
  }

  async #append(note: Note): Promise<void> {
    await this.#store.append(this.#channel, [{ at: this.#clock(), bytes: Buffer.from(JSON.stringify(note), "utf8") }])
    this.#apply(note)
  }

  #apply(note: Note): void {
    if (note.type === "resolved") return void this.#open.delete(note.id)
    const { type: _, raw, ...about } = note
    this.#known.add(note.id)
    this.#open.set(note.id, { ...about, bytes: Buffer.from(raw, "base64") })
  }
}
