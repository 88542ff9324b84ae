import { Context, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"

/** Something that is read when the metrics are: a gauge without a place of its own. */
export type Gauge = { readonly name: string; readonly description: string; readonly read: () => number }

/** What a service counts of its requests, and the text that Prometheus takes. */
export type RequestMetrics = {
  readonly observe: (method: string, route: string, status: number, seconds: number) => void
  readonly text: () => string
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * The metrics of one service. `registry` is where it keeps its own; several services of one process have one each, so
 * that scraping every port counts nothing twice.
 */
export const requestMetrics = (
  service: string,
  gauges: ReadonlyArray<Gauge>,
  registry: Context.Service.Shape<typeof Metric.MetricRegistry> = new Map()
): RequestMetrics => {
  const context = Context.make(Metric.MetricRegistry, registry)
  const read = [...gauges, ...PROCESS].map(({ description, name, read }) => {
    const gauge = Metric.gauge(name, { description, attributes: { service } })
    return () => gauge.updateUnsafe(read(), context)
  })
  const byLabels = new Map<
    string,
    { readonly count: Metric.Counter<number>; readonly seconds: Metric.Histogram<number> }
  >()
  const labelled = (method: string, route: string, status: number) => ({
    count: Metric.counter("http_requests_total", {
      description: "Requests answered",
      incremental: true,
      attributes: { service, method, route, status: String(status) }
    }),
    seconds: Metric.histogram("http_request_duration_seconds", {
      description: "Time from a request's head to its answer",
      attributes: { service, method, route },
      boundaries: SECONDS
    })
  })
  return {
    observe: (method, route, status, seconds) => {
      const labels = `${method} ${status} ${route}`
      let metrics = byLabels.get(labels)
      if (metrics === undefined) byLabels.set(labels, (metrics = labelled(method, route, status)))
      metrics.count.updateUnsafe(1, context)
      metrics.seconds.updateUnsafe(seconds, context)
    },
    text: () => {
      for (const update of read) update()
      return PrometheusMetrics.formatUnsafe(context)
    }
  }
}

const PROCESS: ReadonlyArray<Gauge> = [
  {
    name: "process_cpu_seconds",
    description: "User and system time of the process",
    read: () => {
      const { system, user } = process.cpuUsage()
      return (system + user) / 1e6
    }
  },
  { name: "process_uptime_seconds", description: "Since the process started", read: () => process.uptime() },
  { name: "process_resident_memory_bytes", description: "Resident memory", read: () => process.memoryUsage.rss() },
  { name: "nodejs_heap_used_bytes", description: "Heap in use", read: () => process.memoryUsage().heapUsed }
]
