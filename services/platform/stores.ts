import { join } from "node:path"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { s3Objects } from "#infra/s3/object-store.ts"
import { openNatsRaw } from "#infra/nats/raw-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { openSqlitePeople } from "#infra/sqlite/people.ts"
import { openSqliteRaw } from "#infra/sqlite/raw-store.ts"
import type { HealthCheck } from "#services/contract/health.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import type { People } from "#streams/ports/people.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import type { RawStore } from "#streams/ports/raw-store.ts"
import type { PlatformOptions } from "./options.ts"
import type { ProofSettings } from "./proof-settings.ts"

/** The ledger's log of this profile, and what of its promise rests on trust. */
export type OpenLog = {
  readonly log: EventLog & LogSpace
  readonly health: () => HealthCheck
  /** whether one of several servers may have less of it for a while */
  readonly mayLag: () => boolean
}

export const openLog = async ({ natsUrl, natsPromise, data }: PlatformOptions): Promise<OpenLog> => {
  if (natsUrl === undefined) {
    const log = openSqliteLog({ file: join(data, "ledger.sqlite") })
    return { log, health: () => ({ status: "ok" }), mayLag: () => false }
  }
  const log = await openNatsLog({ url: natsUrl, ...natsPromise })
  const health = (): HealthCheck => {
    const doubts = log.doubts()
    return doubts.length === 0 ? { status: "ok" } : { status: "degraded", detail: doubts.join(" ") }
  }
  return { log, health, mayLag: log.isClustered }
}

/** Where venues' reports are kept as they came. */
export const openRaw = async ({ natsUrl, data }: PlatformOptions, now: Time): Promise<RawStore & LogSpace> =>
  natsUrl === undefined
    ? openSqliteRaw({ file: join(data, "raw.sqlite"), forgetBefore: plusMicros(now, -RAW_DAYS * 86_400e6) })
    : openNatsRaw({ url: natsUrl })

const RAW_DAYS = 30

/** Whose accounts they are: beside the ledger in every profile, since it is the only store that can forget. */
export const openPeople = async ({ data }: PlatformOptions): Promise<People> =>
  openSqlitePeople({ file: join(data, "people.sqlite") })
/** The same, to be read beside the process that writes it. */
export const openLogForReading = async ({
  natsUrl,
  data
}: Pick<PlatformOptions, "natsUrl" | "data">): Promise<EventLog> =>
  natsUrl === undefined
    ? openSqliteLog({ file: join(data, "ledger.sqlite"), readOnly: true })
    : openNatsLog({ url: natsUrl, name: "trade2026-reader", readOnly: true })

/** The archive of this profile. */
export const openArchive = ({ s3Url, archiveFolder }: ProofSettings, env: NodeJS.ProcessEnv): ObjectStore =>
  s3Url === undefined ? folderObjects(archiveFolder) : s3Objects({ url: s3Url, env })
