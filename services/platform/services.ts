import { Layer } from "effect"
import type { Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import type { HealthCheck } from "#services/contract/health.ts"
import { storedOrders } from "#services/desk/order-history.ts"
import { sender } from "#services/desk/send.ts"
import { gatewayRoutes } from "#services/gateway/handlers.ts"
import { serveApi, type ServeFailed, type ServeOptions } from "#services/http/serve.ts"
import { healthOf } from "#services/http/service-routes.ts"
import { venueRoutes } from "#services/live-gateway/handlers.ts"
import { makeDesk } from "#services/oms/desk.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { sessionRoute } from "#services/oms/order-entry/route.ts"
import { orderSessions } from "#services/oms/order-entry/sessions.ts"
import { makePeopleDesk } from "#services/people/desk.ts"
import { peopleRoutes } from "#services/people/handlers.ts"
import { makePnlDesk } from "#services/pnl/desk.ts"
import { pnlRoutes } from "#services/pnl/handlers.ts"
import { reportRoutes } from "#services/reports/routes.ts"
import { makeRiskDesk } from "#services/risk/desk.ts"
import { riskRoutes } from "#services/risk/handlers.ts"
import { DEMO_ACCOUNT } from "#services/session/first-accounts.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { People } from "#streams/ports/people.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import type { Projector } from "#streams/project.ts"
import { submitManyTo } from "#streams/submit-many.ts"
import type { Engine } from "./engine.ts"
import type { Proof } from "./proof.ts"
import type { SnapshotKeeper } from "./snapshot-keeper.ts"
import { PORTS, VERSION, type ServiceName } from "./ports.ts"
import { venueDesk } from "./venue-desk.ts"

export type ServicesOptions = {
  readonly engine: Engine
  readonly log: EventLog
  readonly people: People
  readonly logHealth: () => HealthCheck
  readonly rows: RowStore
  readonly rowsHealth: () => HealthCheck
  readonly projector: Projector
  readonly proof: Pick<Proof, "health" | "gauges">
  readonly snapshots: Pick<SnapshotKeeper, "health" | "gauges">
  readonly clock: () => Time
  readonly portOffset: number
}
type Served = Omit<ServeOptions, "port" | "version"> & { readonly name: ServiceName }

/** Every service of the platform at its own address, all over the one engine. */
export const services = (options: ServicesOptions): Layer.Layer<never, ServeFailed> => {
  const all = served(options)
  return Layer.mergeAll(
    ...(all.map(({ name, ...service }) =>
      serveApi({ ...service, name, version: VERSION, port: PORTS[name] + options.portOffset })
    ) as [Layer.Layer<never, ServeFailed>])
  )
}

const served = ({
  engine,
  log,
  people,
  logHealth,
  rows,
  rowsHealth,
  projector,
  proof,
  snapshots,
  clock,
  portOffset
}: ServicesOptions): ReadonlyArray<Served> => {
  const { writer, pnl, session, board, hub, orders } = engine
  const desk = makeDesk({ writer, log, live: orders, history: storedOrders(rows, projector), clock })
  const riskDesk = makeRiskDesk(writer, sender(writer, log, clock), { seen: marketSeen(board), clock })
  const pnlDesk = makePnlDesk(pnl, writer.partition, clock)
  const entry = sessionRoute(
    orderSessions({ writer, submitMany: submitManyTo(writer), log, clock, marks: engine.sessionMarks })
  )
  const peopleDesk = makePeopleDesk(people, clock)
  const health = healthChecks({ engine, rowsHealth, projector })
  const own: Omit<Record<ServiceName, Served>, "gateway"> = {
    oms: {
      name: "oms",
      mounts: [omsRoutes(desk), entry.mount, peopleRoutes(peopleDesk)],
      health: async () => ({
        writer: health.writer(),
        log: logHealth(),
        space: health.space(),
        view: health.view(),
        store: rowsHealth(),
        ...proof.health(),
        snapshots: snapshots.health()
      }),
      gauges: [
        { name: "ledger_event_no", description: "Number of the newest event", read: () => writer.head().eventNo },
        { name: "ledger_commit_no", description: "Number of the newest commit", read: () => writer.head().no },
        {
          name: "ledger_room_bytes",
          description: "Bytes until the ledger is full",
          read: () => engine.reserve.freeBytes
        },
        {
          name: "ledger_reserve_bytes",
          description: "Bytes of that which are kept for fills and cancels",
          read: () => engine.reserve.bytes
        },
        {
          name: "ledger_orders_stopped",
          description: "1 while new orders are refused because only the reserve is left",
          read: () => (engine.reserve.low === undefined ? 0 : 1)
        },
        { name: "commands_waiting", description: "Commands that wait for the writer", read: () => writer.waiting() },
        {
          name: "view_event_no",
          description: "Event that the stored views have reached",
          read: () => projector.position().eventNo
        },
        ...entry.gauges,
        ...proof.gauges,
        ...snapshots.gauges
      ]
    },
    risk: { name: "risk", mounts: [riskRoutes(riskDesk)], health: async () => ({ writer: health.writer() }) },
    pnl: {
      name: "pnl",
      mounts: [pnlRoutes(pnlDesk)],
      health: async () => ({ writer: health.writer(), market: health.market() })
    },
    "live-gateway": {
      name: "live-gateway",
      mounts: [venueRoutes(venueDesk(engine))],
      health: async () => ({
        writer: health.writer(),
        market: health.market(),
        venue: health.venue(),
        reports: health.reports()
      }),
      gauges: [
        { name: "market_messages_total", description: "Market-data messages taken", read: () => session.messages },
        {
          name: "venue_messages_waiting",
          description: "Messages of the venue that are not stored yet",
          read: () => engine.intake.waiting
        },
        {
          name: "venue_reports_in_suspense",
          description: "Reports of the venue that wait for a person",
          read: () => engine.intake.suspense.size
        },
        { name: "market_data_no", description: "Number of the newest market-data message", read: () => board.mdNo }
      ]
    }
  }
  const everyHealth = () =>
    Promise.all(
      Object.values(own).map(async (service) => ({
        ...(await healthOf(service.name, VERSION, service.health)),
        url: `http://127.0.0.1:${PORTS[service.name] + portOffset}`
      }))
    )
  const gateway = gatewayRoutes({
    feed: hub,
    cancels: {
      knows: (account) => writer.look(({ accounts }) => accounts.has(account)),
      cancelAll: async (account) => void (await desk.cancelAll({ account }, GONE))
    },
    overview: async () => ({
      account: DEMO_ACCOUNT,
      symbols: defaultInstruments.map(({ symbol }) => symbol),
      services: await everyHealth()
    })
  })
  const reports = reportRoutes(rows, people, () => projector.waitFor(writer.head().eventNo, CAUGHT_UP_MS))
  const shown = [
    omsRoutes(desk, "/api"),
    peopleRoutes(peopleDesk, "/api"),
    riskRoutes(riskDesk, "/api"),
    pnlRoutes(pnlDesk, "/api"),
    reports
  ]
  return [
    ...Object.values(own),
    {
      name: "gateway",
      mounts: [gateway.mount, ...shown],
      gauges: gateway.gauges,
      health: async () => Object.fromEntries((await everyHealth()).map(({ service, status }) => [service, { status }]))
    }
  ]
}

/** In whose name the orders of a client that has gone are cancelled. */
const GONE = { actor: "gateway:cancel-on-disconnect", requestId: "disconnected" }
const FRESH_MS = 10_000
const CAUGHT_UP_MS = 5_000

const healthChecks = ({ engine, projector }: Pick<ServicesOptions, "engine" | "rowsHealth" | "projector">) => {
  let stopped: string | undefined
  void engine.writer.ended.then((reason) => (stopped = reason.message))
  let messages = -1
  let movedAt = performance.now()
  return {
    writer: (): HealthCheck => (stopped === undefined ? { status: "ok" } : { status: "down", detail: stopped }),
    space: (): HealthCheck => {
      const { low, trouble } = engine.reserve
      if (low !== undefined) return { status: "degraded", detail: `new orders are refused: ${low}` }
      return trouble === undefined ? { status: "ok" } : { status: "degraded", detail: trouble }
    },
    view: (): HealthCheck => {
      const { state, detail } = projector.status()
      const behind = engine.writer.head().eventNo - projector.position().eventNo
      if (state === "running") return { status: "ok", detail: `${behind} events behind` }
      return { status: "degraded", detail: detail ?? state }
    },
    market: (): HealthCheck => {
      if (engine.session.messages !== messages) {
        messages = engine.session.messages
        movedAt = performance.now()
      }
      const { stale } = engine.session
      if (stale.length > 0) return { status: "degraded", detail: `market data is stale: ${stale.join(", ")}` }
      const still = performance.now() - movedAt
      return still < FRESH_MS
        ? { status: "ok" }
        : { status: "degraded", detail: `no market data for ${Math.round(still / 1000)} s` }
    },
    venue: (): HealthCheck =>
      engine.link.isConnected ? { status: "ok" } : { status: "degraded", detail: "venue disconnected" },
    reports: (): HealthCheck => {
      const { trouble, waiting, suspense } = engine.intake
      const own = engine.session.outbox
      const wrong = [
        trouble !== undefined && `${waiting} messages wait: ${trouble}`,
        own.trouble !== undefined && `${own.waiting} commands of our own wait: ${own.trouble}`,
        suspense.size > 0 && `${suspense.size} in suspense, see GET /venue/suspense`
      ].filter(Boolean)
      return wrong.length === 0 ? { status: "ok" } : { status: "degraded", detail: wrong.join("; ") }
    }
  }
}
