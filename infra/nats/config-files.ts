import { randomBytes } from "node:crypto"
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { makeFolders } from "#infra/folder/make-folders.ts"
import { accountsConfig, type Secrets, serverConfig } from "./server-config.ts"
import { USERS, type UserName } from "./service-users.ts"

export type ConfigOptions = {
  readonly dir: string
  readonly servers: 1 | 3
  /** where the servers are; three on this machine unless given */
  readonly hosts?: ReadonlyArray<string>
  /** `100GB` */
  readonly maxFile?: string
  /** of the first server's clients: 4222; routes are 2000 above it, monitoring 4000 */
  readonly port?: number
}

/** What was written; secrets are in the files alone. */
export type WrittenConfig = {
  readonly files: ReadonlyArray<string>
  readonly secrets: "made" | "kept"
}

const PORT = 4222
const NAMES = ["n1", "n2", "n3"] as const

/**
 * Ready configurations for one server or three, the users with passwords, and the addresses for the environment. What
 * holds a secret is readable by its owner only. Written again, the passwords stay.
 */
export const writeConfig = ({ dir, servers, hosts, maxFile, port = PORT }: ConfigOptions): WrittenConfig => {
  makeFolders(dir, 0o700)
  const secretsFile = join(dir, "secrets.json")
  const known = existsSync(secretsFile)
  const secrets = known ? readSecrets(secretsFile) : makeSecrets()
  const written: Array<string> = []
  const write = (name: string, text: string) => {
    const file = join(dir, name)
    writeFileSync(file, text, { mode: 0o600 })
    chmodSync(file, 0o600) // the mode above is for a new file only
    written.push(file)
  }
  if (!known) write("secrets.json", `${JSON.stringify(secrets, undefined, 2)}\n`)
  write("accounts.conf", accountsConfig(secrets))
  const places = placesOf(servers, hosts, port)
  const routes = places.map(({ host, route }) => `${host}:${route}`)
  for (const { name, host, client, route, monitor } of places) {
    const inside = hosts === undefined ? host : "0.0.0.0"
    const settings = {
      name,
      listen: `${inside}:${client}`,
      monitor: `127.0.0.1:${monitor}`,
      storeDir: resolve(dir, name),
      ...(maxFile !== undefined && { maxFile }),
      ...(servers === 3 && {
        cluster: { name: "trade2026", listen: `${inside}:${route}`, routes, password: secrets.route }
      })
    }
    write(`${name}.conf`, `${serverConfig(settings, 'include "./accounts.conf"')}\n`)
  }
  write("trade2026.env", environment(secrets, places))
  return { files: written, secrets: known ? "kept" : "made" }
}

type Place = {
  readonly name: string
  readonly host: string
  readonly client: number
  readonly route: number
  readonly monitor: number
}

/** Three servers of one machine need ports of their own. */
const placesOf = (servers: 1 | 3, hosts: ReadonlyArray<string> | undefined, first: number): ReadonlyArray<Place> =>
  NAMES.slice(0, servers).map((name, i) => {
    const client = first + (hosts === undefined ? i : 0)
    return {
      name: servers === 1 ? "nats" : name,
      host: hosts?.[i] ?? "127.0.0.1",
      client,
      route: client + 2_000,
      monitor: client + 4_000
    }
  })

const environment = (secrets: Secrets, places: ReadonlyArray<Place>): string => {
  const url = (user: UserName) =>
    places.map(({ host, client }) => `nats://${user}:${secrets[user]}@${host}:${client}`).join(",")
  return `# For the platform: its services connect as oms. Each line is a secret.
NATS_URL=${url("oms")}
# For other programs, and for \`npm run trade -- nats provision\` (admin); not for services.
NATS_CLIENT_URL=${url("client")}
NATS_READER_URL=${url("reader")}
NATS_FEEDS_URL=${url("feeds")}
NATS_ADMIN_URL=${url("admin")}
NATS_SYSTEM_URL=${url("sys")}
`
}

const makeSecrets = (): Secrets =>
  Object.fromEntries([...USERS, "route"].map((name) => [name, randomBytes(24).toString("base64url")])) as Secrets

const readSecrets = (file: string): Secrets => {
  const found = JSON.parse(readFileSync(file, "utf8")) as Partial<Secrets>
  const missing = [...USERS, "route" as const].filter((name) => typeof found[name] !== "string")
  if (missing.length === 0) return found as Secrets
  throw new Error(`${file} lacks the password of ${missing.join(", ")}: add it, or remove the file for new ones.`)
}
