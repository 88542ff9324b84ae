import type { ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { EPOCH, laterOf, plusMicros, type Time } from "#domain/kernel/time.ts"
import type { VenueReport, VenueRequest } from "./messages.ts"
import type { PaperVenue } from "./paper-venue.ts"

/**
 * A venue at the end of a line that can break. What is on its way then, in either direction, is lost; the venue itself
 * goes on. It can be asked what it has got, and what it has said (FIX OrderMassStatusRequest AF, and the executions since).
 */
export type DistantVenue = PaperVenue & {
  readonly connected: (isConnected: boolean, now: Time) => void
  /** Whether a request has reached it: a request is known by its ClOrdID, and one that comes twice counts once. */
  readonly has: (clOrdId: ClOrdId) => boolean
  /** All it has ever said of an order after the first `after` reports, in the order in which it was said. */
  readonly reportsOf: (orderId: OrderId, after: number) => ReadonlyArray<VenueReport>
}

type OnItsWay<T> = { readonly at: Time; readonly what: T }
type Sent = { readonly request: VenueRequest; readonly how: "request" | "resend" }

/** `venue` behind a line on which each message travels `travelMicros`; its own latencies come on top. */
export const distantVenue = (venue: PaperVenue, travelMicros = 0): DistantVenue => {
  const known = new Set<ClOrdId>()
  const said = new Map<OrderId, Array<VenueReport>>()
  /** reports that were recorded before this venue was put together again after a restart */
  const before = new Map<OrderId, number>()
  let requests: Array<OnItsWay<Sent>> = []
  let reports: Array<OnItsWay<VenueReport>> = []
  let clock = EPOCH
  let up = true

  const arrive = ({ request, how }: Sent, at: Time): void => {
    if (known.has(request.clOrdId)) return
    known.add(request.clOrdId)
    venue[how]({ ...request, at })
  }
  const hear = (now: Time): void => {
    for (const report of venue.due(now)) {
      const of = said.get(report.orderId)
      if (of === undefined) said.set(report.orderId, [report])
      else of.push(report)
      if (up) reports.push({ at: plusMicros(laterOf(report.at, clock), travelMicros), what: report })
    }
  }
  /** Everything that happens until `now`: requests arrive one after the other, and the venue acts in between. */
  const advance = (now: Time): void => {
    for (let first = requests[0]; first !== undefined && first.at <= now; first = requests[0]) {
      requests.shift()
      clock = laterOf(clock, first.at)
      hear(clock)
      arrive(first.what, clock)
    }
    clock = laterOf(clock, now)
    hear(clock)
  }
  const send = (how: Sent["how"]) => (request: VenueRequest) => {
    if (up) requests.push({ at: plusMicros(laterOf(request.at, clock), travelMicros), what: { request, how } })
  }

  return {
    request: send("request"),
    resend: send("resend"),
    market: (message) => {
      advance(message.at)
      venue.market(message)
    },
    due: (now) => {
      advance(now)
      const later = reports.findIndex(({ at }) => at > now)
      return reports.splice(0, later < 0 ? reports.length : later).map(({ what }) => what)
    },
    nextDue: () =>
      [requests[0]?.at, reports[0]?.at, venue.nextDue()].reduce(
        (first, at) => (first === undefined || (at !== undefined && at < first) ? at : first),
        undefined
      ),
    restore: (restored) => {
      if (said.has(restored.request.orderId)) return
      known.add(restored.request.clOrdId)
      before.set(restored.request.orderId, restored.reports)
      venue.restore(restored)
    },
    openOrders: venue.openOrders,
    mdNo: venue.mdNo,
    connected: (isConnected, now) => {
      advance(now)
      up = isConnected
      if (up) return
      requests = []
      reports = []
    },
    has: (clOrdId) => known.has(clOrdId),
    reportsOf: (orderId, after) => (said.get(orderId) ?? []).slice(Math.max(0, after - (before.get(orderId) ?? 0)))
  }
}
