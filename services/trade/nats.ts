import { CannotDo, type NatsTools, type Outcome, type ProvisionedStream, type Tools, WrongUsage } from "./tools.ts"
import { wholeOption } from "./play.ts"
import type { Said, Verb } from "./usage.ts"

/** Setting up NATS: what a server is configured with, what streams it has, and whether a ledger may live there. */
export const nats: Verb = {
  words: "config|provision|check",
  about: `config     writes ready configurations for nats-server into --dir: synced, with users of which none but the
           administrator can change a stream; passwords are made once and are in those files alone.
provision  makes the streams that are missing and corrects those that are there, as the administrator. Done again,
           it changes nothing. Exit code 1 when something must be otherwise and cannot be changed.
check      asks what the platform asks before it trades: the stream, this user's permissions, whether the servers sync.
Addresses carry user and password: nats://admin:PASSWORD@host:4222. They are never printed.`,
  options: {
    url: { value: "URL", help: "the server (NATS_ADMIN_URL, otherwise NATS_URL; check: NATS_URL)" },
    replicas: { value: "1|3", help: "provision: how many servers keep each stream (1)" },
    "dry-run": { help: "provision: says what it would do, and does nothing" },
    dir: { value: "DIR", help: "config: where to write" },
    servers: { value: "1|3", help: "config: a single server, or a cluster of three (1)" },
    hosts: { value: "A,B,C", help: "config: the machines of the servers; without it all on this one, on loopback" },
    port: { value: "N", help: "config: of the first server (4222); routes are 2000 above it, monitoring 4000" },
    "max-file": { value: "SIZE", help: "config: what all streams may take, for example 100GB; below the volume's size" }
  },
  examples: ["nats config --dir nats --servers 3 --max-file 100GB", "nats provision --replicas 3", "nats check --json"],
  run: async (said, tools) => {
    const [what, ...more] = said.words
    if (more.length === 0) {
      if (what === "config") return config(said, await tools.nats())
      if (what === "provision") return provision(said, tools)
      if (what === "check") return check(said, tools)
    }
    throw new WrongUsage("nats does what? config, provision or check")
  }
}

const oneOrThree = (said: Said, option: string): 1 | 3 => {
  const text = said.text(option) ?? "1"
  if (text === "1" || text === "3") return text === "1" ? 1 : 3
  throw new WrongUsage(`--${option} ${text}: give 1 or 3`)
}

const config = (said: Said, { writeConfig }: NatsTools): Outcome => {
  const dir = said.text("dir")
  if (dir === undefined) throw new WrongUsage("nats config needs --dir DIR")
  const servers = oneOrThree(said, "servers")
  const hosts = said.text("hosts")?.split(",")
  if (hosts !== undefined && (hosts.length !== servers || !hosts.every((host) => /^[\w.:[\]-]{1,253}$/u.test(host)))) {
    throw new WrongUsage(`--hosts names ${servers === 1 ? "one machine" : "three machines, with commas between"}`)
  }
  const maxFile = said.text("max-file")
  if (maxFile !== undefined && !/^\d{1,15}(?:[KMGT]B?)?$/iu.test(maxFile)) {
    throw new WrongUsage(`--max-file ${maxFile}: give a size, for example 100GB`)
  }
  const port = wholeOption(said, "port", 4222)
  if (port < 1024 || port > 61_000) throw new WrongUsage(`--port ${port}: give one from 1024 to 61000`)
  const written = writeConfig({ dir, servers, port, ...(hosts && { hosts }), ...(maxFile && { maxFile }) })
  const start = written.files
    .filter((file) => /(?:nats|n\d)\.conf$/u.test(file))
    .map((file) => `nats-server -c ${file}`)
  return {
    ok: true,
    json: { ...written, start },
    text: [
      ...written.files.map((file) => `wrote ${file}`),
      `passwords ${written.secrets === "made" ? "were made" : "are those that were there"}; keep the folder to yourself`,
      "start with:",
      ...start.map((line) => `  ${line}`),
      `then, with the lines of ${written.files.find((file) => file.endsWith(".env"))} in the environment:`,
      `  npm run trade -- nats provision --replicas ${servers}`
    ].join("\n")
  }
}

const urlOf = (said: Said, { env }: Tools, ...names: ReadonlyArray<string>): string => {
  const url = said.text("url") ?? names.map((name) => env[name]).find(Boolean)
  if (url === undefined) throw new WrongUsage(`which server? --url, or ${names.join(" or ")} in the environment`)
  return url
}

const provision = async (said: Said, tools: Tools): Promise<Outcome> => {
  const url = urlOf(said, tools, "NATS_ADMIN_URL", "NATS_URL")
  const dryRun = said.has("dry-run")
  const streams = await (await tools.nats()).provision({ url, replicas: oneOrThree(said, "replicas"), dryRun })
  const ok = streams.every(({ cannot }) => cannot.length === 0)
  return {
    ok,
    json: { ok, dryRun, streams },
    text: [
      ...(dryRun ? ["nothing was done; it would be:"] : []),
      ...streams.flatMap(streamLines),
      ok
        ? "every stream is as it must be"
        : "some settings cannot be changed: move to new streams, or correct the server"
    ].join("\n")
  }
}

const streamLines = ({ stream, did, changed, left, cannot }: ProvisionedStream): ReadonlyArray<string> => [
  `${did.padEnd(8)} ${stream}`,
  ...changed.map((what) => `           changed ${what}`),
  ...left.map((what) => `           left: ${what}`),
  ...cannot.map((what) => `           CANNOT change ${what}`)
]

const check = async (said: Said, tools: Tools): Promise<Outcome> => {
  const url = urlOf(said, tools, "NATS_URL")
  const { check: ask } = await tools.nats()
  const doubts = await ask(url).catch((error: unknown) => {
    throw error instanceof Error ? new CannotDo("NotTrusted", error.message, { cause: error }) : error
  })
  return {
    ok: true,
    json: { ok: true, doubts },
    text: ["a ledger may be written there", ...doubts.map((doubt) => `taken on trust: ${doubt}`)].join("\n")
  }
}
