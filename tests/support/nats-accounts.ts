import { accountsConfig, type Secrets } from "#infra/nats/server-config.ts"
import type { UserName } from "#infra/nats/service-users.ts"

export const testSecrets: Secrets = {
  admin: "test",
  sys: "test",
  oms: "test",
  feeds: "test",
  reader: "test",
  client: "test",
  route: "test"
}

/**
 * The users of a server for tests: who gives no name is the administrator; the service that writes may also make a
 * stream, each test its own, and publish whatever is in one.
 */
export const testAccounts = (): string =>
  accountsConfig(testSecrets, { anonymous: "admin", oms: ["$JS.API.STREAM.CREATE.*", "evt.>"] })

/** An address for one of those users. */
export const testUrl = (user: UserName, host: string): string => `nats://${user}:${testSecrets[user]}@${host}`
