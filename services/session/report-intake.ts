import { setTimeout as sleep } from "node:timers/promises"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { type EventLog, LogUnavailable } from "#streams/ports/event-log.ts"
import type { RawRecord, RawStore } from "#streams/ports/raw-store.ts"
import type { DecodedReport } from "#streams/report-codec.ts"
import { NotTheWriter } from "#streams/writer.ts"
import { Suspense } from "./suspense.ts"

const RETRY_MS = 200
const MOST_MESSAGES = 64
/** What came since is recorded once more at the next start. */
const SETTLE_EVERY_MS = 2_000
/** A report that fails so often for reasons of its own must not keep back those after it. */
const TRIES = 3

export type ReportIntakeOptions = {
  readonly venue: string
  /** under which name its messages are kept: each partition has its own */
  readonly source: string
  readonly store: RawStore
  readonly writer: AccountWriter
  readonly log: EventLog
  readonly clock: () => Time
  /** the reports in a message of this venue */
  readonly decode: (bytes: Uint8Array) => ReadonlyArray<DecodedReport>
}

/** A report on its way: where it stood in what came. */
type Line = { readonly id: string; readonly record: RawRecord; readonly decoded: DecodedReport }
type Outcome = "recorded" | { readonly reason: string; readonly position?: string }
/** It was recorded before, by these events: whether they keep it in suspense stands in the ledger. */
type Before = { readonly first: number; readonly last: number }
type Events = ReadonlyArray<Recorded<AccountEvent>>

/**
 * What a venue sends, on its way into the ledger: kept raw first, on disk before it is looked at; then decoded and
 * recorded in order, however often that has to be tried; and what cannot be understood or booked waits in suspense
 * while the rest goes on. After a crash whatever is not known to be settled is taken from the raw messages again: a
 * report that was recorded is answered as a repeat.
 */
export class ReportIntake {
  readonly suspense: Suspense
  readonly #options: ReportIntakeOptions
  readonly #waiting: Array<Omit<RawRecord, "no">> = []
  readonly #settling: NodeJS.Timeout
  #running: Promise<void> | undefined
  #stopped = false
  #writerEnded = false
  #trouble: string | undefined
  /** the newest message that was taken up */
  #seen = 0
  #settled = 0
  #settledWritten = 0

  constructor(options: ReportIntakeOptions) {
    this.#options = options
    this.suspense = new Suspense(options.store, options.source, options.clock)
    this.#settling = setInterval(() => void this.#keepSettled().catch(() => {}), SETTLE_EVERY_MS).unref()
    void options.writer.ended.then(() => (this.#writerEnded = true))
  }

  /** What keeps reports from being stored or recorded, while something does. */
  get trouble(): string | undefined {
    return this.#trouble
  }
  get waiting(): number {
    return this.#waiting.length
  }

  /** After a start: what came before and may not have been recorded. Resolves when it is. */
  async restore(): Promise<void> {
    const { store } = this.#options
    await this.suspense.restore()
    const last = await store.newest(this.#channel("settled"))
    this.#settled = this.#settledWritten = last === undefined ? 0 : Number(Buffer.from(last.bytes).toString("utf8"))
    this.#seen = this.#settled
    for await (const batch of store.read(this.#channel("reports"), this.#settled + 1)) {
      await this.#record(batch)
      this.#seen = batch.at(-1)!.no
    }
  }

  receive(bytes: Uint8Array): void {
    this.#waiting.push({ at: this.#options.clock(), bytes })
    this.#running ??= this.#run()
  }

  /** Decodes and records a report in suspense once more: `recorded`, or why it still cannot be. */
  async retry(id: string, actor: string, note: string): Promise<Outcome | undefined> {
    const found = this.suspense.get(id)
    if (found === undefined) return undefined
    const [outcome] = await this.#outcomesOf([await this.#submit(this.#options.decode(found.bytes)[0]!)])
    if (outcome === undefined) return undefined
    if (outcome === "recorded") await this.suspense.resolve(id, "recorded", actor, note)
    else await this.suspense.restate({ ...found, ...outcome })
    return outcome
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#settling)
    await this.#running
    await this.#keepSettled().catch(() => {}) // the next start records a few of them again
  }

  #channel(channel: "reports" | "settled") {
    return { venue: this.#options.source, channel } as const
  }

  async #run(): Promise<void> {
    let stored: ReadonlyArray<RawRecord> = []
    while (this.#waiting.length + stored.length > 0 && !this.#stopped && !this.#writerEnded) {
      try {
        if (stored.length === 0) stored = await this.#store()
        const records = await this.#withOthers(stored)
        stored = []
        await this.#record(records)
      } catch (error) {
        this.#trouble = (error as Error).message
        await sleep(RETRY_MS)
      }
    }
    this.#running = undefined
  }

  async #store(): Promise<ReadonlyArray<RawRecord>> {
    const batch = this.#waiting.slice(0, MOST_MESSAGES)
    const numbers = await this.#options.store.append(this.#channel("reports"), batch)
    this.#waiting.splice(0, batch.length)
    return batch.map((message, i) => ({ ...message, no: numbers[i]! }))
  }

  /** Where there is a gap in the numbers another process may have stored something of this venue: it comes in its place. */
  async #withOthers(stored: ReadonlyArray<RawRecord>): Promise<ReadonlyArray<RawRecord>> {
    const from = this.#seen + 1
    const end = Math.max(...stored.map(({ no }) => no))
    let records: ReadonlyArray<RawRecord> = stored
    if (stored.some(({ no }, i) => no !== from + i)) {
      records = []
      for await (const batch of this.#options.store.read(this.#channel("reports"), from)) {
        records = [...records, ...batch.filter(({ no }) => no <= end)]
        if (batch.at(-1)!.no >= end) break
      }
    }
    this.#seen = end
    return records
  }

  /** Until all of it is in the ledger or in suspense; stopped before, the next start goes on from what is settled. */
  async #record(records: ReadonlyArray<RawRecord>): Promise<void> {
    let lines = records.flatMap((record) =>
      this.#options.decode(record.bytes).map((decoded, i): Line => ({ id: `${record.no}.${i}`, record, decoded }))
    )
    let failures = 0
    while (lines.length > 0) {
      if (this.#stopped || this.#writerEnded) return
      const { done, error } = await this.#recordSome(lines)
      lines = lines.slice(done)
      this.#trouble = error?.message
      if (error === undefined) continue
      failures = done > 0 ? 1 : failures + 1
      if (failures >= TRIES && !isOutage(error) && !this.#writerEnded) {
        const [first, ...rest] = lines
        lines = [{ ...first!, decoded: { ...first!.decoded, undecodable: error.message } }, ...rest]
        failures = 0
      }
      await sleep(RETRY_MS)
    }
    this.#settled = Math.max(this.#settled, records.at(-1)?.no ?? 0)
  }

  /** How many of the first lines are seen to, and what stopped it. */
  async #recordSome(lines: ReadonlyArray<Line>): Promise<{ readonly done: number; readonly error?: Error }> {
    const asked = await Promise.allSettled(lines.map(({ decoded }) => this.#submit(decoded)))
    const failed = asked.findIndex(({ status }) => status === "rejected")
    const answers = asked.flatMap((one, i) =>
      one.status === "fulfilled" && (failed < 0 || i < failed) ? [one.value] : []
    )
    let done = 0
    try {
      for (const outcome of await this.#outcomesOf(answers)) {
        const { id, record, decoded } = lines[done]!
        if (outcome !== "recorded")
          await this.suspense.add({ id, receivedAt: record.at, bytes: decoded.bytes(), ...outcome })
        done++
      }
    } catch (error) {
      return { done, error: error as Error }
    }
    return failed < 0 ? { done } : { done, error: (asked[failed] as PromiseRejectedResult).reason as Error }
  }

  async #submit({ undecodable, report }: DecodedReport): Promise<Outcome | Before> {
    if (undecodable !== undefined || report === undefined) return { reason: `it is not understood: ${undecodable}` }
    const { writer, venue } = this.#options
    const answer = await writer.submit(reported(venue, report))
    if (answer.kind === "refused") return { reason: `${answer.refusal.code}: ${answer.refusal.detail}` }
    if (answer.kind === "nothing") return "recorded"
    if (answer.kind === "facts") return this.#inLedger(answer.events)
    return answer
  }

  /** What was recorded before is read in one piece: after a crash thousands of reports come once more. */
  async #outcomesOf(answers: ReadonlyArray<Outcome | Before>): Promise<ReadonlyArray<Outcome>> {
    const { log, writer } = this.#options
    const before = answers.filter(isBefore)
    const first = Math.min(...before.map((one) => one.first))
    const last = Math.max(...before.map((one) => one.last))
    const events = before.length === 0 ? [] : await eventsBetween(log, ledgerCodec, writer.partition, first, last)
    return answers.map((answer) => {
      if (!isBefore(answer)) return answer
      const from = answer.first - (events[0]?.eventNo ?? 0)
      return this.#inLedger(events.slice(from, from + answer.last - answer.first + 1))
    })
  }

  #inLedger(events: Events): Outcome {
    const suspended = events.find(({ type }) => type === "ReportSuspended")
    if (suspended?.type !== "ReportSuspended") return "recorded"
    const position = `${this.#options.writer.partition}:${suspended.eventNo}`
    return { reason: suspended.data.reason, position }
  }

  async #keepSettled(): Promise<void> {
    const settled = this.#settled
    if (settled === this.#settledWritten) return
    const bytes = Buffer.from(String(settled), "utf8")
    await this.#options.store.append(this.#channel("settled"), [{ at: this.#options.clock(), bytes }])
    this.#settledWritten = settled
  }
}

const isBefore = (answer: Outcome | Before): answer is Before => typeof answer === "object" && "first" in answer

/** It has nothing to do with the report: it is tried until it is over. */
const isOutage = (error: Error): boolean => error instanceof LogUnavailable || error instanceof NotTheWriter

/** A report as the command that records it. */
const reported = (venue: string, report: VenueReport) => ({
  id: report.execId,
  actor: `venue:${venue}`,
  request: { type: "VenueReported", account: report.account, venue, report } as const
})
