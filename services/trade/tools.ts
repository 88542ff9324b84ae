import type { Time } from "#domain/kernel/time.ts"
import type { AnchorKeys } from "#streams/anchors/anchorer.ts"
import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { DeadLetter, MarketFeed } from "#streams/ports/market-feed.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import type { People } from "#streams/ports/people.ts"
import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"
import type { RowStore, Table } from "#streams/ports/row-store.ts"
import type { StartProgress } from "./progress.ts"

/** Where a ledger is: `sqlite:FILE`, `nats:URL` or `kurrentdb:URL`. */
export type LogPlace =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "nats" | "kurrentdb"; readonly url: string }
/** Where projections are kept: the embedded ClickHouse of a folder, or a server. */
export type StorePlace = { readonly folder: string } | { readonly url: string }

/** Where objects are kept. */
export type ObjectsPlace =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "s3"; readonly url: string }

/** A copy of the ledger that its server keeps by itself. */
export type Mirror = { readonly name: string; readonly log: Pick<EventLog, "read" | "partitions"> }

export type OpenStore = {
  readonly rows: RowStore
  /** An empty store beside this one, and the step that puts its tables in the place of this one's. */
  readonly beside: (
    tables: ReadonlyArray<Table>
  ) => Promise<{ readonly rows: RowStore; readonly swap: () => Promise<void> }>
  readonly close: () => Promise<void>
}

/** What became of one stream of a NATS server. */
export type ProvisionedStream = {
  readonly stream: string
  readonly did: "made" | "found" | "changed"
  readonly changed: ReadonlyArray<string>
  /** settings that differ from the plan and may */
  readonly left: ReadonlyArray<string>
  /** what must be otherwise and cannot be changed */
  readonly cannot: ReadonlyArray<string>
}
/** Setting up NATS servers. */
export type NatsTools = {
  readonly provision: (options: {
    readonly url: string
    readonly replicas: 1 | 3
    readonly dryRun: boolean
  }) => Promise<ReadonlyArray<ProvisionedStream>>
  /** Writes configurations; secrets are in the files alone. */
  readonly writeConfig: (options: {
    readonly dir: string
    readonly servers: 1 | 3
    readonly hosts?: ReadonlyArray<string>
    readonly maxFile?: string
    readonly port: number
  }) => { readonly files: ReadonlyArray<string>; readonly secrets: "made" | "kept" }
  /** Whether a ledger there may be written by this user, as the platform asks before it trades; what it took on trust. */
  readonly check: (url: string) => Promise<ReadonlyArray<string>>
}

/** What verbs use of the outside; `main.ts` names the adapters. */
export type Tools = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly exists: (path: string) => boolean
  /** For reading: nothing is ever appended. */
  readonly openLog: (place: LogPlace) => Promise<EventLog>
  /** For writing; `memory` is gone with the process. */
  readonly openNewLog: (place: LogPlace | { readonly kind: "memory" }) => Promise<EventLog>
  readonly openObjects: (place: ObjectsPlace) => ObjectStore
  readonly openSnapshots: (folder: string) => SnapshotStore
  readonly anchorFile: (file: string) => AnchorBook
  readonly natsAnchors: (url: string) => Promise<AnchorBook>
  readonly anchorKeys: (folder: string) => AnchorKeys
  /** The mirrors that the ledger's server has. */
  readonly mirrors: (
    url: string
  ) => Promise<{ readonly found: ReadonlyArray<Mirror>; readonly close: () => Promise<void> }>
  readonly openStore: (place: StorePlace) => Promise<OpenStore>
  /** The people of a data folder: to look only, or as the folder's owner. */
  readonly openPeople: (file: string, how: "look" | "own") => Promise<People>
  /** The time as it is. */
  readonly now: () => Time
  /** Recordings as a feed; speed 1 is as recorded, `lock-step` as fast as it is taken. */
  readonly recordings: (
    files: ReadonlyArray<string>,
    speed: number | "lock-step",
    onDeadLetter: (letter: DeadLetter) => void
  ) => MarketFeed
  readonly memoryRows: () => RowStore
  readonly nats: () => Promise<NatsTools>
  /** Makes this process the owner of a data folder; fails with a sentence when another one is. */
  readonly own: (folder: string) => () => void
  readonly progress: StartProgress
  /** A remark for people, on standard error. */
  readonly say: (text: string) => void
}

/** What a verb found: `ok` false is a check that failed. */
export type Outcome = { readonly ok: boolean; readonly json: unknown; readonly text: string }

/** The command line is not understood: exit code 2. */
export class WrongUsage extends Error {
  override readonly name = "WrongUsage"
}
/** It was understood and cannot be done: exit code 1. */
export class CannotDo extends Error {
  override readonly name = "CannotDo"
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
