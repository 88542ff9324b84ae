import { setTimeout as sleep } from "node:timers/promises"
import type { GenericContainer, StartedTestContainer, Wait } from "testcontainers"
import { serverConfig } from "#infra/nats/server-config.ts"
import { testAccounts, testUrl } from "./nats-accounts.ts"

export type Container = { readonly url: string; readonly stop: () => Promise<void> }

const patienceMs = 90_000 // for an image that no registry delivers

type Plan = {
  readonly image: string
  readonly port: number
  readonly prepare: (container: GenericContainer, wait: typeof Wait) => GenericContainer
  readonly url: (host: string, port: number) => string
}

const plans = {
  nats: {
    image: "nats:2.15",
    port: 4222,
    prepare: (container) =>
      container
        .withCopyContentToContainer([
          {
            content: serverConfig({ name: "test", listen: "0.0.0.0:4222", storeDir: "/tmp/store" }, testAccounts()),
            target: "/tmp/nats.conf"
          }
        ])
        .withCommand(["-c", "/tmp/nats.conf"]),
    url: (host, port) => testUrl("oms", `${host}:${port}`)
  },
  clickhouse: {
    image: "clickhouse/clickhouse-server:26.7",
    port: 8123,
    prepare: (container) => container.withEnvironment({ CLICKHOUSE_USER: "test", CLICKHOUSE_PASSWORD: "test" }),
    url: (host, port) => `http://test:test@${host}:${port}`
  },
  kurrentdb: {
    image: "kurrentplatform/kurrentdb:26.0",
    port: 2113,
    prepare: (container, wait) =>
      container
        .withEnvironment({ KURRENTDB_CLUSTER_SIZE: "1", KURRENTDB_INSECURE: "true", KURRENTDB_RUN_PROJECTIONS: "None" })
        .withWaitStrategy(wait.forHealthCheck()),
    url: (host, port) => `kurrentdb://${host}:${port}?tls=false`
  }
} satisfies Record<string, Plan>

/** The server in a container, or why there is none. */
export const startContainer = async (name: keyof typeof plans): Promise<Container | { readonly why: string }> => {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import("testcontainers") // half a second to load
  if (
    !(await getContainerRuntimeClient().then(
      () => true,
      () => false
    ))
  ) {
    return { why: "no container runtime answers" }
  }
  const { image, port, prepare, url }: Plan = plans[name]
  const starting = prepare(new GenericContainer(image), Wait).withExposedPorts(port).start()
  const stop = async (container: StartedTestContainer): Promise<void> => void (await container.stop())
  try {
    const started = await Promise.race([starting, sleep(patienceMs, undefined, { ref: false })])
    if (started !== undefined) {
      return { url: url(started.getHost(), started.getMappedPort(port)), stop: () => stop(started) }
    }
    starting.then(stop).catch(() => undefined) // one that comes up after all is not left behind
    return { why: `container ${image} did not start within ${patienceMs / 1000} s` }
  } catch (error) {
    return { why: `container ${image}: ${error instanceof Error ? error.message : String(error)}` }
  }
}
