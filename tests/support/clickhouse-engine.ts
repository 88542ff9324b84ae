import { startEmbeddedClickHouse } from "#infra/clickhouse/embedded/start.ts"

/** The engine of a ClickHouse server at an address like one, for a platform that is given its servers. */
export const startClickHouseEngine = async (
  directory: string
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const engine = await startEmbeddedClickHouse({ directory, onLog: () => {} })
  const url = new URL(engine.url)
  url.username = engine.username
  url.password = engine.password
  return { url: url.href, stop: () => engine.stop() }
}
