import { readFileSync } from "node:fs"
import { join } from "node:path"
import { foldersOf } from "./config.ts"
import type { Failure } from "./launch.ts"

/** The embedded store did not start; the message is a sentence for the person at the terminal. */
export class EmbeddedClickHouseFailed extends Error {
  override readonly name = "EmbeddedClickHouseFailed"
  readonly why: Failure["stage"] | "locked"

  constructor(why: Failure["stage"] | "locked", message: string) {
    super(message)
    this.why = why
  }
}

/** Whether the folder's owner is another process: the engine says so only on its standard error. */
export function isLocked(failure: Failure): boolean {
  return failure.stage === "engine" && /\bCode: 76\b/.test(failure.printed)
}

const elsewhere = "Set CLICKHOUSE_URL to use a ClickHouse server instead."

/** Says what is wrong, with which folder, and what can be done. */
export function explain(failure: Failure, directory: string, port: number): EmbeddedClickHouseFailed {
  const { stage, reason, printed } = failure
  const words = printed === "" ? reason : `${reason} (${printed.split("\n").at(-1)})`
  if (isLocked(failure)) {
    const sentence = `The ClickHouse folder ${directory} is held by another running instance${owner(directory)}.`
    return new EmbeddedClickHouseFailed("locked", `${sentence} Stop that one, or choose another data folder.`)
  }
  const here = `${process.platform}-${process.arch}`
  const sentences: Record<Failure["stage"], string> = {
    platform: `The embedded ClickHouse (chdb) cannot be loaded on ${here}: ${words}. ${elsewhere}`,
    folder: `The ClickHouse folder ${directory} cannot be written: ${words}. Choose another data folder, or make it writable.`,
    engine: `The embedded ClickHouse cannot open the folder ${directory}: ${words}.`,
    port: `The embedded ClickHouse cannot listen on port ${port}: ${words}.`,
    silence: `The embedded ClickHouse on ${directory} did not start: ${words}.`,
    signal:
      reason === "SIGILL"
        ? `The embedded ClickHouse (chdb) needs a processor with AVX2, which this one (${here}) lacks. ${elsewhere}`
        : `The embedded ClickHouse on ${directory} ended while it started: ${words}.`
  }
  return new EmbeddedClickHouseFailed(stage, sentences[stage])
}

// The engine writes its process number into the file that it locks.
function owner(directory: string): string {
  try {
    const status = readFileSync(join(foldersOf(directory).store, "status"), "utf8")
    const pid = /^PID: (\d+)/.exec(status)?.[1]
    return pid === undefined ? "" : ` (process ${pid})`
  } catch {
    return ""
  }
}
