import { join } from "node:path"

/** Where snapshots are kept, and when one is taken. */
export type SnapshotSettings = {
  readonly folder: string
  /** after so many new events; 0 takes none */
  readonly events: number
  /** or so long after the last one, where anything is new */
  readonly everyMs: number
  readonly keep: number
}

const DEFAULTS = {
  TRADE2026_SNAPSHOT_EVENTS: 200_000,
  TRADE2026_SNAPSHOT_SECONDS: 3_600,
  TRADE2026_SNAPSHOTS_KEPT: 3
} as const

/** Throws a sentence about a setting that is no such number. */
export const snapshotSettings = (data: string, env: NodeJS.ProcessEnv): SnapshotSettings => {
  const set = (name: keyof typeof DEFAULTS, least: number): number => {
    const text = env[name] ?? ""
    const value = text === "" ? DEFAULTS[name] : Number(text)
    if (Number.isInteger(value) && value >= least && value <= 1e9) return value
    throw new Error(`${name} is a whole number of at least ${least}, not ${text}`)
  }
  return {
    folder: join(data, "snapshots"),
    events: set("TRADE2026_SNAPSHOT_EVENTS", 0),
    everyMs: set("TRADE2026_SNAPSHOT_SECONDS", 1) * 1_000,
    keep: set("TRADE2026_SNAPSHOTS_KEPT", 1)
  }
}
