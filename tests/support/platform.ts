import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { freeOffset as offsetOf } from "./free-port.ts"

const MAIN = fileURLToPath(new URL("../../services/platform/main.ts", import.meta.url))
const PORTS = [8080, 8084, 8098, 8099, 8100]

export type PlatformOptions = {
  readonly data: string
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly portOffset?: number
  /** told at once: its pid is also its process group's */
  readonly onSpawn?: (pid: number) => void
}

/** A platform of one's own, in a process group of its own, as a user starts it. */
export type Platform = {
  readonly child: ChildProcess
  readonly url: (port: number, path: string) => string
  readonly output: () => string
  /** `group`: everything it started dies with it; `alone`: only the platform itself */
  readonly kill: (what: "group" | "alone") => Promise<void>
  /** As Ctrl+C does; resolves with the exit code. */
  readonly stop: () => Promise<number | null>
}

/** An offset at which all ports of a platform are free. */
export const freeOffset = (): Promise<number> => offsetOf(PORTS)

/** Starts a platform and resolves once it says that it is running; rejects with what it printed when it ends before. */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  const portOffset = options.portOffset ?? (await freeOffset())
  const child = spawn(process.execPath, [MAIN, "--data", options.data, ...(options.args ?? [])], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env, TRADE2026_PORT_OFFSET: String(portOffset) }
  })
  if (child.pid !== undefined) options.onSpawn?.(child.pid)
  let output = ""
  const exited = once(child, "exit")
  const ready = new Promise<boolean>((resolve) => {
    const take = (chunk: Buffer) => {
      output += chunk.toString("utf8")
      if (output.includes("is running")) resolve(true)
    }
    child.stdout.on("data", take)
    child.stderr.on("data", take)
    void exited.then(() => resolve(false))
  })
  if (!(await ready)) throw new Error(`the platform ended with ${child.exitCode}: ${output.trim()}`)
  return {
    child,
    url: (port, path) => `http://127.0.0.1:${port + portOffset}${path}`,
    output: () => output,
    kill: async (what) => {
      process.kill(what === "group" ? -child.pid! : child.pid!, "SIGKILL")
      await exited
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT")
      await exited
      return child.exitCode
    }
  }
}
