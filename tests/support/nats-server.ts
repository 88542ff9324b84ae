import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { serverConfig } from "#infra/nats/server-config.ts"
import { freePort } from "./free-port.ts"
import { testAccounts, testUrl } from "./nats-accounts.ts"
import { findProgram } from "./programs.ts"
import { tempDir } from "./temp-dir.ts"

export type NatsOptions = {
  readonly program?: string
  readonly port?: number
  readonly storeDir?: string // kept at the end when it is given
  readonly syncAlways?: boolean
  /** the part of the configuration that says who may connect; none of it: everybody may do everything */
  readonly accounts?: string
}

/** `await using server = await startNats()` stops it however the block ends. */
export type NatsServer = AsyncDisposable & {
  /** as the service user `oms`, who can delete nothing; without the name and password one is the administrator */
  readonly url: string
  /** `/varz` and the like */
  readonly monitorUrl: string
  readonly pid: number
  readonly storeDir: string
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
  /** `syncAlways`: with this setting from now on */
  readonly restart: (syncAlways?: boolean) => Promise<void>
  readonly stop: () => Promise<void>
}

/** The first line that a server sends tells whether it is ours, and not one that took the port before, and ready. */
const answers = (name: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port })
    const answer = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(1_000, () => answer(false))
    socket.once("error", () => answer(false))
    socket.once("close", () => resolve(false))
    socket.once("data", (line) => {
      const info = line.toString("utf8")
      answer(info.includes(`"server_name":${JSON.stringify(name)}`) && info.includes('"jetstream":true'))
    })
  })

const running = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

const kill = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (!running(child)) return
  const ended = once(child, "exit")
  child.kill(signal)
  await ended
}

/** Ends the servers of tests that could not: they failed before, or timed out. */
export const endLeftServers = (register: string): void => {
  for (const name of readdirSync(register)) {
    try {
      process.kill(Number(readFileSync(join(register, name), "utf8")), "SIGKILL")
    } catch {
      // it ended by itself
    }
    rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** A nats-server of one's own on loopback, ready when this resolves. Tests that kill a server start theirs here. */
export const startNats = async (options: NatsOptions = {}): Promise<NatsServer> => {
  const program = options.program ?? findProgram("nats-server")
  if (program === undefined) throw new Error("no nats-server: run infra/provision/provision.sh nats")
  const port = options.port ?? (await freePort())
  const monitor = await freePort()
  const home = tempDir("nats")
  const name = basename(home.path)
  const storeDir = options.storeDir ?? join(home.path, "store")
  mkdirSync(storeDir, { recursive: true })
  const [config, log] = [join(home.path, "nats.conf"), join(home.path, "nats.log")]
  const configure = (syncAlways: boolean) => {
    const settings = { name, listen: `127.0.0.1:${port}`, monitor: `127.0.0.1:${monitor}`, storeDir, syncAlways }
    writeFileSync(config, serverConfig(settings, options.accounts ?? testAccounts()))
  }
  configure(options.syncAlways ?? true)

  // vitest ends its workers without letting them clean up, so what they started is written down for endLeftServers
  const register = process.env["TRADE2026_TEST_SERVERS"]
  const entry = register === undefined ? undefined : join(register, name)

  const launch = async (): Promise<ChildProcess> => {
    const child = spawn(program, ["-c", config, "-l", log], { stdio: "ignore" })
    const failed = new Promise<Error>((resolve) => child.once("error", resolve))
    if (entry !== undefined && child.pid !== undefined) writeFileSync(entry, String(child.pid))
    await Promise.race([once(child, "spawn"), failed.then((error) => Promise.reject(error))])
    const patience = Date.now() + 30_000 // a large store is read before the port opens
    while (running(child) && Date.now() < patience) {
      if (await answers(name, port)) return child
      await sleep(20)
    }
    await kill(child, "SIGKILL")
    throw new Error(`nats-server did not come up on port ${port}:\n${readFileSync(log, "utf8").slice(-2_000)}`)
  }

  let child: ChildProcess
  try {
    child = await launch()
  } catch (error) {
    home[Symbol.dispose]()
    throw error
  }
  const withUs = () => child.kill("SIGKILL")
  process.once("exit", withUs)
  const stop = async () => {
    process.off("exit", withUs)
    await kill(child, "SIGTERM")
    if (entry !== undefined) rmSync(entry, { force: true })
    home[Symbol.dispose]()
  }
  return {
    url: testUrl("oms", `127.0.0.1:${port}`),
    monitorUrl: `http://127.0.0.1:${monitor}`,
    storeDir,
    get pid() {
      return child.pid ?? 0
    },
    kill: (signal) => kill(child, signal),
    restart: async (syncAlways) => {
      await kill(child, "SIGTERM")
      if (syncAlways !== undefined) configure(syncAlways)
      child = await launch()
    },
    stop,
    [Symbol.asyncDispose]: stop
  }
}
