import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { serverConfig } from "#infra/nats/server-config.ts"
import { freePort } from "./free-port.ts"
import { testAccounts, testUrl } from "./nats-accounts.ts"
import { tempDir } from "./temp-dir.ts"

export type ClusterOptions = {
  readonly program: string
  /** names of servers that do not sync before they acknowledge */
  readonly unsynced?: ReadonlyArray<string>
}

/** Three servers on loopback, `n1` to `n3`, as the service user `oms` finds them; who gives no name is the administrator. */
export type NatsCluster = AsyncDisposable & {
  /** all three addresses, with commas between */
  readonly url: string
  readonly urlOf: (name: string) => string
  readonly monitorUrl: string
  readonly names: ReadonlyArray<string>
  readonly pidOf: (name: string) => number
  /** what a server has written about itself */
  readonly logOf: (name: string) => string
  readonly end: (name: string, signal: NodeJS.Signals) => Promise<void>
  /** Starts a server that was ended, with its files. */
  readonly restart: (name: string) => void
  /** Who leads a stream; waits for an election to be over. */
  readonly leaderOf: (stream: string) => Promise<string>
  /** Until every server has all of a stream: before that the end of its leader stops it. */
  readonly whole: (stream: string) => Promise<void>
  readonly stop: () => Promise<void>
}

const PATIENCE_MS = 60_000

/** Starts them, and resolves when they have a leader. */
export const startNatsCluster = async ({ program, unsynced = [] }: ClusterOptions): Promise<NatsCluster> => {
  const home = tempDir("nats-cluster")
  const names = ["n1", "n2", "n3"]
  const [ports, routes, monitors] = await Promise.all(
    [names, names, names].map((all) => Promise.all(all.map(freePort)))
  )
  const host = (port: number) => `127.0.0.1:${port}`
  const register = process.env["TRADE2026_TEST_SERVERS"]
  const servers = new Map<string, ChildProcess>()
  const entryOf = (name: string) => register && join(register, `${basename(home.path)}.${name}`)
  const launch = (name: string) => {
    const server = spawn(program, ["-c", join(home.path, `${name}.conf`), "-l", join(home.path, `${name}.log`)], {
      stdio: "ignore"
    })
    servers.set(name, server)
    const entry = entryOf(name)
    if (entry && server.pid !== undefined) writeFileSync(entry, String(server.pid))
  }
  for (const [i, name] of names.entries()) {
    const settings = {
      name,
      listen: host(ports![i]!),
      monitor: host(monitors![i]!),
      storeDir: join(home.path, name),
      syncAlways: !unsynced.includes(name),
      cluster: { name: "test", listen: host(routes![i]!), routes: routes!.map(host), password: "test" }
    }
    writeFileSync(join(home.path, `${name}.conf`), serverConfig(settings, testAccounts()))
    launch(name)
  }
  const end = async (name: string, signal: NodeJS.Signals): Promise<void> => {
    const server = servers.get(name)!
    if (server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, "exit")
    server.kill(signal)
    await ended
  }
  const withUs = () => servers.forEach((server) => server.kill("SIGKILL"))
  process.once("exit", withUs)
  const stop = async () => {
    process.off("exit", withUs)
    await Promise.all(names.map((name) => end(name, "SIGKILL")))
    for (const name of names) {
      const entry = entryOf(name)
      if (entry) rmSync(entry, { force: true })
    }
    home[Symbol.dispose]()
  }
  const anonymous = ports!.map(host)
  try {
    await hasLeader(anonymous)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: ports!.map((port) => testUrl("oms", host(port))).join(","),
    urlOf: (name) => testUrl("oms", host(ports![names.indexOf(name)]!)),
    monitorUrl: monitors!.map((port) => `http://${host(port)}`).join(","),
    names,
    pidOf: (name) => servers.get(name)?.pid ?? 0,
    logOf: (name) => readFileSync(join(home.path, `${name}.log`), "utf8"),
    end,
    restart: launch,
    leaderOf: (stream) => patiently(async () => (await clusterOf(anonymous, stream)).leader),
    whole: (stream) => {
      let seen: Group = {}
      const look = async () => {
        seen = await clusterOf(anonymous, stream)
        const { replicas = [], leader, ...rest } = seen
        const all = replicas.length === 2 && replicas.every(({ current, offline }) => current && offline !== true)
        return leader !== undefined && all && !("desired" in rest) ? true : undefined
      }
      return patiently(look, () => `: ${stream} is ${JSON.stringify(seen)}`).then(() => undefined)
    },
    stop,
    [Symbol.asyncDispose]: stop
  }
}

type Group = {
  readonly leader?: string
  readonly replicas?: ReadonlyArray<{ readonly name: string; readonly current: boolean; readonly offline?: boolean }>
}

const clusterOf = async (servers: Array<string>, stream: string): Promise<Group> => {
  const nc = await connect({ servers, timeout: 1_000 })
  try {
    const info = await nc.request(`$JS.API.STREAM.INFO.${stream}`, "", { timeout: 500 })
    return info.json<{ cluster?: Group }>().cluster ?? {}
  } finally {
    await nc.close()
  }
}

/** Asks until there is an answer: who is asked may be in the middle of an election. */
const patiently = async <T>(ask: () => Promise<T | undefined>, seen = () => ""): Promise<T> => {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`the cluster is not well after ${PATIENCE_MS} ms${seen()}`)
    await sleep(50)
  }
}

/** All three take part, and the account can be asked, which needs a leader of the cluster. */
const hasLeader = (servers: Array<string>): Promise<boolean> =>
  patiently(async () => {
    const nc = await connect({ servers, timeout: 1_000 })
    try {
      const jsm = await jetstreamManager(nc, { timeout: 1_000, checkAPI: false })
      const name = "READY"
      await jsm.streams.add({ name, subjects: ["ready"], num_replicas: 3 })
      await jsm.streams.delete(name)
      return true
    } finally {
      await nc.close()
    }
  })
