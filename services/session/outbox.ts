import type { AccountWriter, Submission } from "#streams/account-writer.ts"
import { NotTheWriter } from "#streams/writer.ts"

const RETRY_MS = 200
const MOST_AT_ONCE = 256

/**
 * What the platform asks of itself on its way to the writer, in order. It must not be lost: what could not be recorded is
 * sent again, with everything after it. What was recorded the first time is answered as a repeat.
 */
export class Outbox {
  readonly #writer: AccountWriter
  readonly #waiting: Array<Submission> = []
  #sending = false
  #stopped = false
  #trouble: string | undefined
  constructor(writer: AccountWriter) {
    this.#writer = writer
  }

  /** What keeps them from being recorded, while something does. */
  get trouble(): string | undefined {
    return this.#trouble
  }
  get waiting(): number {
    return this.#waiting.length
  }

  send(submissions: ReadonlyArray<Submission>): void {
    if (submissions.length === 0) return
    this.#waiting.push(...submissions)
    if (!this.#sending) void this.#run()
  }
  stop(): void {
    this.#stopped = true
  }

  async #run(): Promise<void> {
    this.#sending = true
    while (this.#waiting.length > 0 && !this.#stopped) {
      const batch = this.#waiting.slice(0, MOST_AT_ONCE)
      const outcomes = await Promise.allSettled(batch.map((submission) => this.#writer.submit(submission)))
      const failed = outcomes.findIndex(({ status }) => status === "rejected")
      this.#waiting.splice(0, failed < 0 ? batch.length : failed)
      if (failed < 0) {
        this.#trouble = undefined
        continue
      }
      const { reason } = outcomes[failed] as PromiseRejectedResult
      this.#trouble = (reason as Error).message
      if (reason instanceof NotTheWriter) break
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
    this.#sending = false
  }
}
