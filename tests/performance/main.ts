import { parseArgs } from "node:util"
import { benchOrders } from "./order-bench.ts"
import { benchReplay } from "./replay-bench.ts"
import { benchRisk } from "./risk-bench.ts"
import { benchStart } from "./start-bench.ts"
import { benchWhole } from "./whole-bench.ts"
import { benchEntry } from "./ws-bench.ts"
import type { BenchResult } from "./figures.ts"

const USAGE = `Usage: npm run bench -- NAME [OPTIONS] [--json]

  orders   orders through a client over NATS request-reply into the durable ledger; beside it, in the same run, a bare
           loop with the same envelope, chain and log that decides nothing, and on nats one publish for each event
           --log sqlite|nats (nats)  --sync always|default (always: of the NATS server)
           --transport nats|ws|http (nats): ws is an order entry session, http POST /orders; both on oms
           --with bare|all (bare; of ws and http): all is the whole platform: venue, projections, archive, anchors, snapshots, 10,000 open orders
           --in-flight N (256; of ws 2048, of http 64 connections)  --batch N (256, orders in a frame of ws)  --seconds N (10, each part)
           --rate N (1000 orders/s of the steady part, 0: none)  --steady N (seconds of the steady part: as --seconds)
  risk     an order decided with every risk check and evolved, in process   --orders N (300000)
  replay   read, checked, decoded and folded: what "orders" wrote, from the ledger or from an archive of it
           --from log|archive (log)  --log sqlite|nats (nats)  --events N (400000)  --runs N (5)
           --in-flight N (256; 1 leaves an order to a commit, as it is at 1,000/s)
  start    a writer's process with so many events behind it, from a snapshot and without
           --log sqlite|nats (nats)  --events N (400000)  --open N (10000, orders that are open)  --runs N (5)

A nats-server is needed for orders and replay (infra/provision/provision.sh nats). With --json the last line is one
JSON object {name, params, metrics}.
`

class WrongUsage extends Error {}
const OPTIONS = {
  allowPositionals: true,
  options: {
    log: { type: "string", default: "nats" },
    from: { type: "string", default: "log" },
    sync: { type: "string", default: "always" },
    transport: { type: "string", default: "nats" },
    with: { type: "string", default: "bare" },
    "in-flight": { type: "string" },
    batch: { type: "string", default: "256" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "1000" },
    steady: { type: "string" },
    orders: { type: "string", default: "300000" },
    events: { type: "string", default: "400000" },
    open: { type: "string", default: "10000" },
    runs: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false }
  }
} as const
/** The command line, or what is wrong with it. */
const read = () => {
  try {
    return parseArgs(OPTIONS)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}
const { values, positionals } = read()
const count = (
  name: "in-flight" | "batch" | "seconds" | "rate" | "steady" | "orders" | "events" | "open" | "runs",
  usual = ""
): number => {
  const value = Number(values[name] ?? usual)
  const least = MAY_BE_NONE.has(name) ? 0 : 1
  if (!Number.isInteger(value) || value < least)
    throw new WrongUsage(`--${name} is a whole number of at least ${least}, not ${values[name]}`)
  return value
}
const MAY_BE_NONE = new Set(["rate", "steady", "events", "open"])
const oneOf = <T extends string>(
  name: "log" | "from" | "sync" | "transport" | "with",
  ...allowed: ReadonlyArray<T>
): T => {
  const value = values[name] as T
  if (!allowed.includes(value)) throw new WrongUsage(`--${name} is ${allowed.join(" or ")}, not ${value}`)
  return value
}

const IN_FLIGHT = { nats: "256", ws: "2048", http: "64" } as const

const run = (name: string | undefined): Promise<BenchResult> | BenchResult => {
  const log = oneOf("log", "sqlite", "nats")
  switch (name) {
    case "orders": {
      const transport = oneOf("transport", "nats", "ws", "http")
      const inFlight = count("in-flight", IN_FLIGHT[transport])
      const sync = oneOf("sync", "always", "default")
      const seconds = count("seconds")
      const asked = { log, sync, inFlight, seconds, rate: count("rate"), steady: count("steady", String(seconds)) }
      const isWhole = oneOf("with", "bare", "all") === "all"
      if (isWhole && transport === "nats" && log !== "nats")
        throw new WrongUsage("--with all over NATS goes with --log nats")
      if (isWhole) return benchWhole({ ...asked, transport, batch: count("batch") })
      return transport === "nats" ? benchOrders(asked) : benchEntry({ ...asked, transport, batch: count("batch") })
    }
    case "risk":
      return benchRisk(count("orders"))
    case "replay":
      return benchReplay({
        log,
        from: oneOf("from", "log", "archive"),
        events: count("events"),
        runs: count("runs"),
        inFlight: count("in-flight", "256")
      })
    case "start":
      return benchStart({ log, events: count("events"), open: count("open"), runs: count("runs") })
    default:
      throw new WrongUsage(name === undefined ? "name a benchmark" : `there is no benchmark ${name}`)
  }
}

if (values.help) process.stdout.write(USAGE)
else {
  try {
    const result = await run(positionals[0])
    if (values.json) console.log(JSON.stringify(result))
    else {
      console.log(`${result.name}  ${JSON.stringify(result.params)}`)
      for (const [metric, value] of Object.entries(result.metrics)) console.log(`  ${metric.padEnd(20)} ${value}`)
    }
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error
    process.stderr.write(`${error.message}\n\n${USAGE}`)
    process.exitCode = 2
  }
}
