/** How a NATS server is asked whether it keeps what it acknowledges, and what is taken on trust. */
export type NatsPromise = {
  readonly monitorUrl?: string
  readonly systemUrl?: string
  readonly acceptUnverifiedSync: boolean
  readonly acceptAdminUser: boolean
}

/** Of the environment: `NATS_MONITOR_URL`, `NATS_SYSTEM_URL`, and `TRADE2026_ACCEPT_...=1` for what is taken on trust. */
export const natsPromise = (env: Readonly<Record<string, string | undefined>>): NatsPromise => {
  const { NATS_MONITOR_URL: monitorUrl, NATS_SYSTEM_URL: systemUrl } = env
  return {
    ...(monitorUrl && { monitorUrl }),
    ...(systemUrl && { systemUrl }),
    acceptUnverifiedSync: env["TRADE2026_ACCEPT_UNVERIFIED_SYNC"] === "1",
    acceptAdminUser: env["TRADE2026_ACCEPT_ADMIN_USER"] === "1"
  }
}
