// A process that owns an embedded ClickHouse and can be killed: prints where it is, then waits.
import { startEmbeddedClickHouse } from "#infra/clickhouse/embedded/start.ts"

const [directory = "", lockWaitMs] = process.argv.slice(2)
try {
  const { url, password, pid } = await startEmbeddedClickHouse({ directory, lockWaitMs: Number(lockWaitMs ?? 10_000) })
  console.log(JSON.stringify({ url, password, pid }))
  setInterval(() => {}, 60_000)
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }))
}
