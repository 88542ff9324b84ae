import { permissionsOf, SERVER_STATE, USERS, type UserName } from "./service-users.ts"

/** Passwords by user, and the one that the servers of a cluster know each other by. */
export type Secrets = Readonly<Record<UserName | "route", string>>

export type ServerSettings = {
  readonly name: string
  /** `host:port` for clients */
  readonly listen: string
  /** `host:port` for `/varz`: it shows everything to whoever reaches it, so loopback only */
  readonly monitor?: string
  readonly storeDir: string
  /** `100GB`: what all streams may take. Below the size of the volume, so that the server refuses before the disk does. */
  readonly maxFile?: string
  readonly syncAlways?: boolean
  readonly cluster?: {
    readonly name: string
    readonly listen: string
    /** `host:port` of every server, this one too */
    readonly routes: ReadonlyArray<string>
    readonly password: string
  }
}

const quoted = (text: string): string => JSON.stringify(text)
const list = (texts: ReadonlyArray<string>): string => `[${texts.map(quoted).join(", ")}]`

/** A server's own part of its configuration; `accounts` goes after it, or is included from a file. */
export const serverConfig = (settings: ServerSettings, accounts: string): string => {
  const { name, listen, monitor, storeDir, maxFile, syncAlways = true, cluster } = settings
  return [
    `server_name: ${quoted(name)}`,
    `listen: ${quoted(listen)}`,
    ...(monitor === undefined ? [] : [`http: ${quoted(monitor)}`]),
    "jetstream {",
    `  store_dir: ${quoted(storeDir)}`,
    ...(maxFile === undefined ? [] : [`  max_file_store: ${maxFile}`]),
    ...(syncAlways ? ["  sync_interval: always # an answer means: on disk"] : []),
    "}",
    ...(cluster === undefined ? [] : clusterLines(cluster)),
    accounts
  ].join("\n")
}

const clusterLines = ({ name, listen, routes, password }: NonNullable<ServerSettings["cluster"]>) => [
  "cluster {",
  `  name: ${quoted(name)}`,
  `  listen: ${quoted(listen)}`,
  `  authorization { user: route, password: ${quoted(password)}, timeout: 2 }`,
  `  routes: ${list(routes.map((route) => `nats-route://route:${password}@${route}`))}`,
  "}"
]

/** For servers of tests and benchmarks. */
export type Loosened = {
  /** whoever gives no name is this user */
  readonly anonymous: UserName
  /** what `oms` may publish besides */
  readonly oms: ReadonlyArray<string>
}

/** Two accounts: SYS sees the servers, TRADE holds the streams and may ask how the servers are. */
export const accountsConfig = (secrets: Secrets, loosened?: Loosened): string => {
  const users = (names: ReadonlyArray<UserName>) =>
    names.map((name) => userLines(name, secrets[name], name === "oms" ? loosened?.oms : undefined)).join("\n")
  return `system_account: SYS
accounts {
  SYS {
    users: [
${users(["sys"])}
    ]
    exports: [ { service: ${quoted(SERVER_STATE)}, response_type: stream, accounts: [TRADE] } ]
  }
  TRADE {
    jetstream: enabled
    users: [
${users(USERS.filter((name) => name !== "sys"))}
    ]
    imports: [ { service: { account: SYS, subject: ${quoted(SERVER_STATE)} } } ]
  }
}
${loosened === undefined ? "" : `no_auth_user: ${loosened.anonymous}\n`}`
}

const userLines = (name: UserName, password: string, more: ReadonlyArray<string> = []): string => {
  const permissions = permissionsOf(name)
  const who = `user: ${name}, password: ${quoted(password)}`
  if (permissions === undefined) return `      { ${who} }`
  return `      { ${who}, permissions: {
        publish: { allow: ${list([...permissions.publish.allow, ...more])} }
        subscribe: { allow: ${list(permissions.subscribe.allow)} }
      } }`
}
