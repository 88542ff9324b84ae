import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { EventLog } from "#streams/ports/event-log.ts"
import { WrongUsage, type LogPlace, type ObjectsPlace, type StorePlace, type Tools } from "./tools.ts"
import type { Said } from "./usage.ts"

/** The data folder. */
export const dataFolder = (said: Said, { env }: Tools): string => said.text("data") ?? env["TRADE2026_DATA"] ?? "data"

/** Where the ledger is: as told, otherwise in the data folder, otherwise on the NATS server of the environment. */
export const logPlace = (said: Said, tools: Tools): LogPlace => {
  const told = said.text("log")
  const file = join(dataFolder(said, tools), "ledger.sqlite")
  if (told === undefined) {
    const url = tools.env["NATS_URL"]
    return url === undefined || tools.exists(file) ? { kind: "sqlite", file } : { kind: "nats", url }
  }
  return placeOf("log", told)
}

/** The place that an option names: `sqlite:FILE`, `nats:URL` or `kurrentdb:URL`. */
export const placeOf = (option: string, told: string): LogPlace => {
  const match = /^(sqlite|nats|kurrentdb):(.+)$/u.exec(told)
  if (match === null) throw new WrongUsage(`--${option} ${told}: give sqlite:FILE, nats:URL or kurrentdb:URL`)
  const [, kind, rest] = match as unknown as [string, LogPlace["kind"], string]
  // `nats://host:4222` may be written as it is
  return kind === "sqlite" ? { kind, file: rest } : { kind, url: rest.startsWith("//") ? told : rest }
}

/** Where people are kept: in the data folder, wherever the ledger is. */
export const peopleFile = (said: Said, tools: Tools): string => join(dataFolder(said, tools), "people.sqlite")

/** Where the projections of that ledger are kept. */
export const storePlace = (said: Said, tools: Tools): StorePlace => {
  const url = tools.env["CLICKHOUSE_URL"]
  return url === undefined ? { folder: join(dataFolder(said, tools), "clickhouse") } : { url }
}

/** Whether there is a store to look at. With a ledger of its own (`--log`) the data folder's store is another's, unless named. */
export const hasStore = (said: Said, tools: Tools): boolean => {
  if (said.text("log") !== undefined && said.text("data") === undefined) return false
  const place = storePlace(said, tools)
  return "url" in place || tools.exists(place.folder)
}

/** `folder:DIR`, `s3:URL`, or just either of the two, as an option says it. */
export const parseObjectsPlace = (told: string): ObjectsPlace => {
  const [, kind, rest] = /^(?:(folder|s3):)?(.+)$/u.exec(told) as unknown as [string, string | undefined, string]
  const isUrl = /^https?:\/\//u.test(rest)
  if (kind === "s3" || (kind === undefined && isUrl)) return { kind: "s3", url: rest }
  return { kind: "folder", folder: rest }
}

/** Where the ledger's archive is: as told, otherwise S3_URL, otherwise in the data folder where there is one. */
export const archivePlace = (said: Said, tools: Tools): ObjectsPlace | undefined => {
  const told = said.text("archive")
  if (told !== undefined) return parseObjectsPlace(told)
  if (said.text("log") !== undefined && said.text("data") === undefined) return undefined
  const url = tools.env["S3_URL"]
  if (url !== undefined && url !== "") return { kind: "s3", url }
  const folder = join(dataFolder(said, tools), "archive")
  return tools.exists(folder) ? { kind: "folder", folder } : undefined
}

/** Public keys that somebody trusts: 64 hex digits, or a file that holds them. */
export const trustedKeys = (said: Said, tools: Tools): ReadonlyArray<string> => {
  const told = said.text("key")
  if (told === undefined) return []
  const key = /^(?:ed25519:)?([0-9a-f]{64})$/u
  const text = key.test(told) || !tools.exists(told) ? told : readFileSync(told, "utf8")
  const found = text.split(/\s+/u).flatMap((word) => key.exec(word)?.[1] ?? [])
  if (found.length === 0)
    throw new WrongUsage(`--key ${told}: give a public key (ed25519: and 64 hex digits) or a file with it`)
  return found
}

export const PARTITION_OPTION = {
  partitions: { value: "0,1", help: "which partitions of the ledger (all of them)" }
} as const
/** The partitions that are named, or undefined: all that there are. */
export const partitionsSaid = (said: Said): ReadonlyArray<number> | undefined => {
  const text = said.text("partitions")
  if (text === undefined) return undefined
  if (!/^\d{1,9}(,\d{1,9})*$/u.test(text))
    throw new WrongUsage(`--partitions ${text}: give numbers with commas between`)
  return [...new Set(text.split(",").map(Number))]
}
/** All that a ledger holds; the first of one that is empty, or cannot list them. */
export const partitionsIn = async (log: Pick<EventLog, "partitions">): Promise<ReadonlyArray<number>> => {
  const all = (await log.partitions?.()) ?? []
  return all.length === 0 ? [0] : all
}
