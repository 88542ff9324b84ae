import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { freePort } from "#tests/support/free-port.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

export type NatsCluster = {
  /** all three addresses, with commas between */
  readonly url: string
  readonly end: (name: string, signal: NodeJS.Signals) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Three servers on loopback, ready when they have a leader. */
export const startNatsCluster = async (program: string): Promise<NatsCluster> => {
  const home = tempDir("nats-cluster")
  const names = ["n1", "n2", "n3"]
  const ports = await Promise.all(names.map(freePort))
  const routes = await Promise.all(names.map(freePort))
  const servers = new Map<string, ChildProcess>()
  for (const [i, name] of names.entries()) {
    const config = join(home.path, `${name}.conf`)
    writeFileSync(
      config,
      `server_name: ${name}
      listen: "127.0.0.1:${ports[i]}"
      jetstream { store_dir: ${JSON.stringify(join(home.path, name))}, sync_interval: always }
      cluster {
        name: test
        listen: "127.0.0.1:${routes[i]}"
        routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(", ")}]
      }`
    )
    servers.set(name, spawn(program, ["-c", config, "-l", join(home.path, `${name}.log`)], { stdio: "ignore" }))
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
    home[Symbol.dispose]()
  }
  const url = ports.map((port) => `nats://127.0.0.1:${port}`).join(",")
  try {
    await hasLeader(url)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, end, stop }
}

/** All three take part, and the account can be asked, which needs a leader of the cluster. */
const hasLeader = async (url: string): Promise<void> => {
  const end = Date.now() + 30_000
  for (;;) {
    try {
      const nc = await connect({ servers: url.split(","), timeout: 1_000 })
      try {
        const jsm = await jetstreamManager(nc, { timeout: 1_000, checkAPI: false })
        const name = "READY"
        await jsm.streams.add({ name, subjects: ["ready"], num_replicas: 3 })
        await jsm.streams.delete(name)
        return
      } finally {
        await nc.close()
      }
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(100)
    }
  }
}
