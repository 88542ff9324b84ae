import { randomUUID } from "node:crypto"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { smallAnswer } from "./answer-file.ts"
import type { Connection, Engine } from "./engine.ts"
import { Refusal } from "./refusal.ts"
import type { Statement } from "./request.ts"
import { quoted, quotedName, shapeOf } from "./sql-shape.ts"

/** An answer, complete before its first byte is sent: so a statement that fails has a status, and never a half answer. */
export interface Outcome {
  readonly format: string
  readonly bytes: Uint8Array
  /** Holds a large answer instead of `bytes`, compressed; whoever sends it takes it away. */
  readonly file?: string
  readonly read: Count
  readonly written: Count
}

interface Count {
  readonly rows: number
  readonly bytes: number
}

export interface Surroundings {
  readonly engine: Engine
  readonly passing: string
  readonly maxExecutionSeconds: number
}

const none: Count = { rows: 0, bytes: 0 }

/** Runs one statement on a connection of its own; when its caller is gone it is killed, and this still waits for its end. */
export async function runStatement(around: Surroundings, statement: Statement, gone: AbortSignal): Promise<Outcome> {
  const mark = randomUUID()
  const connection = around.engine.connect()
  const ended = new AbortController()
  const onGone = () => void killUntil(ended.signal, around.engine, mark)
  gone.addEventListener("abort", onGone, { once: true })
  try {
    await connection.run(preamble(statement, mark, around.maxExecutionSeconds))
    gone.throwIfAborted()
    return await run(connection, statement, around.passing)
  } finally {
    gone.removeEventListener("abort", onGone)
    ended.abort()
    connection.close()
  }
}

/** Everything that holds for this statement only, in one call. A database that does not exist fails here. */
function preamble(statement: Statement, mark: string, maxExecutionSeconds: number): string {
  const settings = new Map([
    ["implicit_select", "0"], // the engine alone takes `1 + 1` for a statement
    ["max_execution_time", String(maxExecutionSeconds)],
    ...statement.settings,
    ...statement.params,
    ["log_comment", mark]
  ])
  // Last, because afterwards nothing can be set. GET must not change anything, as on a server.
  const readOnly = settings.get("readonly") ?? (statement.readOnly ? "2" : "0")
  settings.delete("readonly")
  settings.set("readonly", readOnly)
  const set = `SET ${[...settings].map(([name, value]) => `${name} = ${quoted(value)}`).join(", ")}`
  return statement.database === undefined ? set : `USE ${quotedName(statement.database)}; ${set}`
}

async function run(connection: Connection, statement: Statement, passing: string): Promise<Outcome> {
  const { sql, rows } = statement
  const shape = shapeOf(sql)
  if (shape.several) throw Refusal.of(62, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)")
  const format = shape.format ?? statement.format
  const path = join(passing, randomUUID())
  const inFile = shape.intoFile?.(path)
  try {
    const { bytes, rowsRead, bytesRead } = await connection.run(inFile ?? sql, format)
    const count = { rows: rowsRead, bytes: bytesRead }
    const counts = rows === undefined ? { read: count, written: none } : { read: none, written: count }
    if (inFile === undefined) return { format, bytes, ...counts }
    const small = await smallAnswer(path)
    return { format, ...(small === undefined ? { bytes, file: path } : { bytes: small }), ...counts }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

// Again and again, because the first KILL may come before the statement is known to the engine.
async function killUntil(ended: AbortSignal, engine: Engine, mark: string): Promise<void> {
  for (let pauseMs = 50; !ended.aborted; pauseMs = Math.min(pauseMs * 2, 2000)) {
    await engine.kill(mark).catch(() => {})
    await sleep(pauseMs, undefined, { signal: ended }).catch(() => {})
  }
}
