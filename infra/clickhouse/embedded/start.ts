import type { ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { explain, isLocked } from "./explain.ts"
import { launch } from "./launch.ts"
import type { Order } from "./protocol.ts"

export interface EmbeddedOptions {
  /** Made when it is missing. One process at a time owns it. */
  readonly directory: string
  /** Called when the child ends without having been stopped. */
  readonly onExit?: (how: string) => void
  /** What the engine prints, line by line; by default it goes to standard error. */
  readonly onLog?: (line: string) => void
  /** Chosen by the system unless given. */
  readonly port?: number
  /** How many statements run at once. */
  readonly slots?: number
  /** Never more than half of the machine's. */
  readonly memoryMb?: number
  /** For statements that set no limit themselves. */
  readonly maxExecutionSeconds?: number
  /** How long to wait for a predecessor that is still ending. */
  readonly lockWaitMs?: number
}

export interface EmbeddedClickHouse {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly pid: number
  /** Lets running statements finish for a few seconds. Calling it again, or after the child's end, does no harm. */
  stop(): Promise<void>
}

const retryMs = 150
const stopMs = 8000

/** Starts ClickHouse in a child process on a folder of its own, reached over HTTP on a loopback port. */
export async function startEmbeddedClickHouse(options: EmbeddedOptions): Promise<EmbeddedClickHouse> {
  const directory = resolve(options.directory)
  const order: Order = {
    directory,
    key: randomBytes(24).toString("base64url"),
    port: options.port ?? 0,
    slots: options.slots ?? 6,
    memoryMb: options.memoryMb ?? 2048,
    maxExecutionSeconds: options.maxExecutionSeconds ?? 60
  }
  const log = options.onLog ?? ((line: string) => void process.stderr.write(`clickhouse: ${line}\n`))
  const deadline = Date.now() + (options.lockWaitMs ?? 10_000)
  for (;;) {
    const launched = await launch(order, log)
    if ("child" in launched) return running(launched.child, launched.port, order.key, options.onExit)
    // Each attempt is a new process, so that nothing of a failed opening stays behind.
    if (!isLocked(launched.failure) || Date.now() + retryMs > deadline)
      throw explain(launched.failure, directory, order.port)
    await sleep(retryMs)
  }
}

function running(child: ChildProcess, port: number, key: string, onExit?: (how: string) => void): EmbeddedClickHouse {
  let stopped: Promise<void> | undefined
  const ended = new Promise<void>((settle) => {
    child.once("exit", (code, signal) => {
      settle()
      if (stopped === undefined) onExit?.(signal ?? `exit code ${code}`)
    })
  })
  return {
    url: `http://127.0.0.1:${port}`,
    username: "default",
    password: key,
    pid: child.pid as number,
    stop: () => (stopped ??= end(child, ended))
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  child.kill("SIGTERM")
  const late = setTimeout(() => child.kill("SIGKILL"), stopMs)
  await ended
  clearTimeout(late)
}
