import { join, resolve } from "node:path"

/** Where proofs are kept, and how often what is done. */
export type ProofSettings = {
  readonly anchorsFile: string
  /** private keys; processes that write one ledger share it, or each has a copy */
  readonly keysFolder: string
  /** the archive's address; without one it is in the data folder */
  readonly s3Url: string | undefined
  readonly archiveFolder: string
  readonly anchorEveryMs: number
  readonly archiveEveryMs: number
  readonly segmentBytes: number
  readonly scrubEveryMs: number
  readonly scrubBytesPerSecond: number
}

/** What may be set, in its unit, and what holds where it is not. */
const DEFAULTS = {
  TRADE2026_ANCHOR_SECONDS: 60,
  TRADE2026_ARCHIVE_SECONDS: 60,
  TRADE2026_ARCHIVE_SEGMENT_MB: 8,
  TRADE2026_SCRUB_SECONDS: 3_600,
  TRADE2026_SCRUB_MB_PER_SECOND: 2
} as const

/** Where private keys are: TRADE2026_KEYS, otherwise in the data folder. */
export const keysFolder = (data: string, env: Readonly<Record<string, string | undefined>>): string => {
  const told = env["TRADE2026_KEYS"]
  return told === undefined || told === "" ? join(data, "keys") : resolve(told)
}

/** Throws a sentence about a setting that is no number above zero. */
export const proofSettings = (data: string, env: NodeJS.ProcessEnv): ProofSettings => {
  const set = (name: keyof typeof DEFAULTS): number => {
    const text = env[name] ?? ""
    const value = text === "" ? DEFAULTS[name] : Number(text)
    if (value > 0 && value <= 1e6) return value
    throw new Error(`${name} is a number above 0 and at most a million, not ${text}`)
  }
  const s3Url = env["S3_URL"]
  return {
    anchorsFile: join(data, "anchors.jsonl"),
    keysFolder: keysFolder(data, env),
    s3Url: s3Url === "" ? undefined : s3Url,
    archiveFolder: join(data, "archive"),
    anchorEveryMs: set("TRADE2026_ANCHOR_SECONDS") * 1_000,
    archiveEveryMs: set("TRADE2026_ARCHIVE_SECONDS") * 1_000,
    segmentBytes: set("TRADE2026_ARCHIVE_SEGMENT_MB") * 1_000_000,
    scrubEveryMs: set("TRADE2026_SCRUB_SECONDS") * 1_000,
    scrubBytesPerSecond: set("TRADE2026_SCRUB_MB_PER_SECOND") * 1_000_000
  }
}
