// Where a test's servers come from, in this order: an address in the environment, a container, a program found here.
// Tests ask for them with inject("natsUrl"); without one they skip, and the report at the end says why.
import "#infra/bootstrap/compile-cache.mjs"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import type { TestProject } from "vitest/node"
import { startContainer } from "./containers.ts"
import { endLeftServers, startNats } from "./nats-server.ts"
import { findProgram } from "./programs.ts"
import { tempDir } from "./temp-dir.ts"

/** What became of a backend: where it was had from, or why it is missing. */
export type Backend = { readonly name: string; readonly from?: string; readonly missing?: string }

declare module "vitest" {
  interface ProvidedContext {
    natsUrl: string | undefined
    natsServer: string | undefined // a program, for tests that start and kill a server of their own
    s3Server: string | undefined // a program (versitygw), likewise
    clickhouseUrl: string | undefined
    kurrentUrl: string | undefined
    backends: ReadonlyArray<Backend>
  }
}

type Found = { readonly url?: string; readonly stop?: () => Promise<void>; readonly backend: Backend }

const nats = async (program: string | undefined): Promise<Found> => {
  const name = "nats"
  const given = process.env["NATS_URL"]
  if (given !== undefined) return { url: given, backend: { name, from: "NATS_URL" } }
  const container = await startContainer("nats")
  if ("url" in container) return { ...container, backend: { name, from: "a container" } }
  if (program === undefined) {
    return { backend: { name, missing: `NATS_URL is not set, ${container.why}, no nats-server program is found` } }
  }
  const { url, stop } = await startNats({ program })
  await keepStreams(url)
  return { url, stop, backend: { name, from: program } }
}

/** A server that removes its last stream removes the folder in which another one is just being made. */
const keepStreams = async (url: string): Promise<void> => {
  const nc = await connect({ servers: url })
  await (await jetstreamManager(nc)).streams.add({ name: "KEEP", subjects: ["keep"] })
  await nc.close()
}

const clickhouse = async (): Promise<Found> => {
  const name = "clickhouse"
  const given = process.env["CLICKHOUSE_URL"]
  if (given !== undefined) return { url: given, backend: { name, from: "CLICKHOUSE_URL" } }
  const container = await startContainer("clickhouse")
  if ("url" in container) return { ...container, backend: { name, from: "a container" } }
  return {
    backend: { name, missing: `CLICKHOUSE_URL is not set, ${container.why}; the embedded engine is tested apart` }
  }
}

const kurrentdb = async (): Promise<Found> => {
  const name = "kurrentdb"
  const given = process.env["KURRENTDB_URL"]
  if (given !== undefined) return { url: given, backend: { name, from: "KURRENTDB_URL" } }
  const container = await startContainer("kurrentdb")
  if ("url" in container) return { ...container, backend: { name, from: "a container" } }
  return { backend: { name, missing: `KURRENTDB_URL is not set, ${container.why}` } }
}

const program = (name: string, path: string | undefined, provisioned = name): Backend => {
  return path === undefined
    ? { name, missing: `not on PATH nor provisioned (infra/provision/provision.sh ${provisioned})` }
    : { name, from: path }
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const register = tempDir("servers")
  process.env["TRADE2026_TEST_SERVERS"] = register.path // the workers inherit it
  const natsServer = findProgram("nats-server")
  const s3Server = findProgram("versitygw")
  const found = await Promise.all([nats(natsServer), clickhouse(), kurrentdb()])
  const stop = async () => {
    await Promise.all(found.map(async (one) => one.stop?.()))
    endLeftServers(register.path)
    register[Symbol.dispose]()
  }
  const backends = [
    ...found.map(({ backend }) => backend),
    program("nats-server", natsServer, "nats"),
    program("versitygw", s3Server)
  ]
  // what provisioning can supply must be there in CI; a ClickHouse server and a KurrentDB it cannot
  const cannot = ["clickhouse", "kurrentdb"]
  const required = backends.filter(({ name, missing }) => !cannot.includes(name) && missing !== undefined)
  if (process.env["REQUIRE_BACKENDS"] === "1" && required.length > 0) {
    await stop()
    throw new Error(required.map(({ name, missing }) => `${name} is required: ${missing}`).join("\n"))
  }
  const [natsFound, clickhouseFound, kurrentFound] = found
  project.provide("natsUrl", natsFound.url)
  project.provide("natsServer", natsServer)
  project.provide("s3Server", s3Server)
  project.provide("clickhouseUrl", clickhouseFound.url)
  project.provide("kurrentUrl", kurrentFound.url)
  project.provide("backends", backends)
  return stop
}
