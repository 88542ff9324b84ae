import { parseArgs } from "node:util"
import { join, resolve } from "node:path"
import { proofSettings, type ProofSettings } from "./proof-settings.ts"
import { snapshotSettings, type SnapshotSettings } from "./snapshot-settings.ts"
import { natsPromise, type NatsPromise } from "#services/contract/nats-promise.ts"

/** What the platform was asked to be. */
export type PlatformOptions = {
  readonly profile: "embedded" | "servers"
  readonly demo: boolean
  readonly seed: number
  /** the seed was asked for: without it a platform goes on with the one that it began with */
  readonly seedGiven: boolean
  readonly data: string
  readonly portOffset: number
  /** `distant`: at the end of a line that breaks now and then */
  readonly venue: "near" | "distant"
  readonly natsUrl: string | undefined
  readonly natsPromise: NatsPromise
  /** of the ledger's room, kept for fills and cancels; undefined: by its size */
  readonly reserveBytes: number | undefined
  readonly clickhouseUrl: string | undefined
  readonly proof: ProofSettings
  readonly snapshots: SnapshotSettings
  /** commits that were in the ledger and are given up, by their names: see `streams/lost-end.ts` */
  readonly acceptLost: ReadonlyArray<string>
  /** what a process that is a part of a platform serves */
  readonly only: Only | undefined
  /** which partitions it tries to write; undefined: all there are */
  readonly partitions: ReadonlyArray<number> | undefined
}

const ONLY = ["oms", "gateway"] as const
type Only = (typeof ONLY)[number]

export const USAGE = `Usage: npm start [-- OPTIONS]

Starts the paper-trading platform on this machine: the ledger, a paper venue on a simulated market, and the services.

  --profile embedded|servers  embedded needs nothing else (default); servers uses NATS_URL and CLICKHOUSE_URL
  --only oms                  a writer's process without the rest, as many of them on one NATS_URL as are wanted: each
                              writes the partitions that no other one does; with a data folder and a port offset of
                              its own (servers)
  --only gateway              /api for their clients: finds each account's writer, and the next one when that is gone
  --partitions 0,1            the partitions that it tries for (default: all there are); a new number begins one
  --no-demo                   without the strategy that trades account "demo"
  --seed N                    another simulated market (default: the one that this data folder began with)
  --venue near|distant        distant: the paper venue at the end of a line that takes 20 ms and breaks by chance, with
                              what was on its way lost (default: near)
  --reserve SIZE              room in the ledger that is kept for fills and cancels, for example 512MB: new orders are
                              refused below it (default: TRADE2026_RESERVE, or a tenth, 256MB at most)
  --accept-unverified-sync    trades on a NATS server of which nobody says that it syncs (servers)
  --accept-admin-user         trades as a NATS user who could delete the ledger (servers)
  --accept-lost COMMITS       begins although the ledger lost these commits, named as the refusal to begin names them
                              (default: TRADE2026_ACCEPT_LOST)
  --data DIR                  where everything is kept (default: TRADE2026_DATA, or ./data)
  --help                      this text

Environment: TRADE2026_DATA, TRADE2026_PORT_OFFSET (10000 moves all ports by that), NATS_URL, CLICKHOUSE_URL;
S3_URL keeps the archive in a bucket instead of the data folder (docs/operations.md, with how often things are proved,
and how often a snapshot is taken);
NATS_MONITOR_URL or NATS_SYSTEM_URL (where the server says whether it syncs), TRADE2026_RESERVE,
TRADE2026_ACCEPT_UNVERIFIED_SYNC=1, TRADE2026_ACCEPT_ADMIN_USER=1
`

/** Wrong usage: a sentence for the one who typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

export const readOptions = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv): PlatformOptions | "help" => {
  const { values } = parse(args)
  if (values.help === true) return "help"
  const profile = values.profile ?? "embedded"
  if (profile !== "embedded" && profile !== "servers")
    throw new UsageError(`--profile is embedded or servers, not ${profile}`)
  const natsUrl = blankAsNone(env["NATS_URL"])
  const clickhouseUrl = blankAsNone(env["CLICKHOUSE_URL"])
  const only = values.only === undefined ? undefined : onlyOne(values.only, profile)
  if (values.partitions !== undefined && only !== "oms")
    throw new UsageError("--partitions goes with --only oms: a whole platform writes partition 0")
  if (profile === "servers") {
    // a writer's process keeps what it has seen in memory where there is no store
    const needsStore = only === undefined && clickhouseUrl === undefined
    const missing = [natsUrl === undefined && "NATS_URL", needsStore && "CLICKHOUSE_URL"].filter(Boolean)
    if (missing.length > 0) throw new UsageError(`--profile servers needs ${missing.join(" and ")} in the environment`)
  }
  const venue = values.venue ?? "near"
  if (venue !== "near" && venue !== "distant") throw new UsageError(`--venue is near or distant, not ${venue}`)
  const data = resolve(values.data ?? blankAsNone(env["TRADE2026_DATA"]) ?? join(process.cwd(), "data"))
  const promise = natsPromise(env)
  return {
    profile,
    venue,
    demo: values["no-demo"] !== true,
    seed: whole("--seed", values.seed ?? "1", 0, 4_294_967_295),
    seedGiven: values.seed !== undefined,
    data,
    portOffset: whole("TRADE2026_PORT_OFFSET", blankAsNone(env["TRADE2026_PORT_OFFSET"]) ?? "0", 0, 56_000),
    natsUrl: profile === "servers" ? natsUrl : undefined,
    proof: setting(() => proofSettings(data, env)),
    snapshots: setting(() => snapshotSettings(data, env)),
    acceptLost: commitsOf(values["accept-lost"] ?? blankAsNone(env["TRADE2026_ACCEPT_LOST"])),
    only,
    partitions: values.partitions === undefined ? undefined : partitionsOf(values.partitions),
    natsPromise: {
      ...promise,
      acceptUnverifiedSync: values["accept-unverified-sync"] === true || promise.acceptUnverifiedSync,
      acceptAdminUser: values["accept-admin-user"] === true || promise.acceptAdminUser
    },
    reserveBytes: bytes(values.reserve ?? blankAsNone(env["TRADE2026_RESERVE"])),
    clickhouseUrl: profile === "servers" ? clickhouseUrl : undefined
  }
}

const setting = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

const onlyOne = (text: string, profile: string): Only => {
  if (profile !== "servers") throw new UsageError("--only goes with --profile servers: an embedded store has one owner")
  const only = ONLY.find((name) => name === text)
  if (only === undefined) throw new UsageError(`--only takes ${ONLY.join(" or ")}, not ${text}`)
  return only
}

const partitionsOf = (text: string): ReadonlyArray<number> =>
  [...new Set(text.split(","))].map((number) => whole("--partitions", number, 0, 9_999))

const commitsOf = (text: string | undefined): ReadonlyArray<string> => {
  const names = text?.split(",") ?? []
  const wrong = names.find((name) => !/^\d{1,4}:\d{1,15}:[0-9a-f]{12}$/u.test(name))
  if (wrong === undefined) return names
  throw new UsageError(`--accept-lost takes commits as 0:120:1f00a4b2c3d4, with commas between, not ${wrong}`)
}

const parse = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        profile: { type: "string" },
        "no-demo": { type: "boolean" },
        seed: { type: "string" },
        data: { type: "string" },
        venue: { type: "string" },
        only: { type: "string" },
        partitions: { type: "string" },
        reserve: { type: "string" },
        "accept-unverified-sync": { type: "boolean" },
        "accept-admin-user": { type: "boolean" },
        "accept-lost": { type: "string" },
        help: { type: "boolean", short: "h" }
      }
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

const blankAsNone = (text: string | undefined): string | undefined =>
  text === undefined || text === "" ? undefined : text

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

const bytes = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const [, number, unit = ""] = /^(\d{1,9})([KMGT]?)B?$/iu.exec(text) ?? []
  if (number === undefined) throw new UsageError(`--reserve is a size, for example 512MB, not ${text}`)
  return Number(number) * UNITS[unit.toUpperCase()]!
}

const whole = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text)
  if (/^\d{1,10}$/u.test(text) && value >= least && value <= most) return value
  throw new UsageError(`${name} is a whole number from ${least} to ${most}, not ${text}`)
}
