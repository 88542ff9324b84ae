import { chanceOf } from "#domain/kernel/chance.ts"
import type { AccountId, ClOrdId, ExecId, OrderId } from "#domain/kernel/ids.ts"
import { EPOCH, plusMicros, type Time } from "#domain/kernel/time.ts"
import type { ReportHead, VenueReport } from "./messages.ts"

type WithoutHead<Report> = Report extends unknown ? Omit<Report, keyof ReportHead> : never
/** What is said of an order, without when and of which. */
export type ReportBody = WithoutHead<VenueReport>

/** What a report needs to know of an order. */
export type Subject = {
  readonly account: AccountId
  readonly orderId: OrderId
  readonly venueOrderId: string
  /** how many reports there were; counted on with each */
  reports: number
}

/** Names and times the venue's reports, and holds each back for the time that it travels. */
export class ReportWriter {
  readonly #latencyMicros: number
  #outbox: Array<{ readonly dueAt: Time; readonly report: VenueReport }> = []
  #at = EPOCH
  #dueAt = EPOCH

  /** One latency for all reports, so that they arrive in the order in which they were made. */
  constructor(latencyMicros: number) {
    this.#latencyMicros = latencyMicros
  }

  /**
   * An execution id is the venue's order id, the market-data number and the count of the order's reports: the count
   * comes back from the ledger after a restart, so no id that was recorded comes again.
   */
  write(at: Time, mdNo: number, subject: Subject, body: ReportBody, clOrdId: ClOrdId | undefined): void {
    subject.reports++
    this.#send(at, mdNo, subject, `${subject.venueOrderId}-${mdNo}-${subject.reports}`, body, clOrdId)
  }

  /** An answer about an order that the venue does not have (any more): its id comes from the request alone. */
  writeRemark(at: Time, mdNo: number, subject: Omit<Subject, "reports">, body: ReportBody, clOrdId: ClOrdId): void {
    this.#send(at, mdNo, subject, `R-${clOrdId}`, body, clOrdId)
  }

  get nextTime(): Time | undefined {
    return this.#outbox[0]?.dueAt
  }

  takeDue(now: Time): ReadonlyArray<VenueReport> {
    const later = this.#outbox.findIndex(({ dueAt }) => dueAt > now)
    return this.#outbox.splice(0, later < 0 ? this.#outbox.length : later).map(({ report }) => report)
  }

  #send(
    at: Time,
    mdNo: number,
    { account, orderId }: Omit<Subject, "reports">,
    execId: string,
    body: ReportBody,
    clOrdId: ClOrdId | undefined
  ): void {
    if (at !== this.#at) {
      this.#at = at
      this.#dueAt = plusMicros(at, this.#latencyMicros)
    }
    const head = {
      at,
      account,
      orderId,
      execId: fitting(execId) as ExecId,
      ...(clOrdId !== undefined && { clOrdId }),
      mdNo
    }
    this.#outbox.push({ dueAt: this.#dueAt, report: { ...head, ...body } })
  }
}

const ID_CHARS_MAX = 64
/** Ids of callers have up to 64 characters; what would become longer is hashed. */
const fitting = (id: string): string =>
  id.length <= ID_CHARS_MAX ? id : `R-${[0, 1, 2, 3].map((key) => chanceOf(key, id).toString(16)).join("-")}`
