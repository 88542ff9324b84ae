import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import {
  type EmbeddedClickHouse,
  type EmbeddedOptions,
  startEmbeddedClickHouse
} from "#infra/clickhouse/embedded/start.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const packages: Readonly<Record<string, string>> = { "linux-x64": "linux-x64-gnu", "linux-arm64": "linux-arm64-gnu" }

function engineIsInstalled(): boolean {
  const here = `${process.platform}-${process.arch}`
  try {
    createRequire(import.meta.url).resolve(`@chdb/lib-${packages[here] ?? here}`)
    return true
  } catch {
    return false
  }
}

/** Options of a suite that needs the embedded engine. */
export const withEngine = skipWithout(engineIsInstalled(), `chdb has no build for ${process.platform}-${process.arch}`)

export type Fresh = EmbeddedClickHouse & AsyncDisposable & { readonly directory: string }

/** An embedded ClickHouse on a folder of its own; both are gone at the end of the block. */
export async function freshClickHouse(options: Partial<EmbeddedOptions> = {}): Promise<Fresh> {
  const folder = tempDir("clickhouse")
  const directory = options.directory ?? folder.path
  const store = await startEmbeddedClickHouse({ onLog: () => {}, ...options, directory })
  const dispose = async () => {
    await store.stop()
    folder[Symbol.dispose]()
  }
  return { ...store, directory, [Symbol.asyncDispose]: dispose }
}

export interface Plain {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

type Words = Readonly<Record<string, string>>

/** A request as any HTTP client might send it, with nothing that our own client adds. */
export async function post(
  store: EmbeddedClickHouse,
  body: NonNullable<RequestInit["body"]>,
  query: Words = {},
  init: RequestInit = {}
): Promise<Plain> {
  const headers = { "X-ClickHouse-Key": store.password, ...(init.headers as Words) }
  const response = await fetch(`${store.url}/?${new URLSearchParams(query).toString()}`, {
    method: "POST",
    body,
    ...init,
    headers
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

/** Whether a process is there: an orphan that has ended, and that nobody has waited for, is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}
