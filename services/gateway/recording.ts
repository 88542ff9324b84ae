import { STATUS_CODES } from "node:http"
import { refused, type RefusalStatus } from "#services/http/answer.ts"
import type { Passed } from "./forward.ts"
import { isDone, type Outcome } from "./forward-all.ts"
import { fieldsOf } from "./forwarded.ts"

/** What has been recorded of a change that concerns several partitions, and what has kept the rest from it. */
export class Recording {
  readonly #positions: Array<string> = []
  #notWritten: { readonly partition: number; readonly outcome: Outcome } | undefined
  #notRead: Outcome | undefined

  /** What a partition has answered to what it should record. */
  written(partition: number, outcome: Outcome): void {
    if (!isDone(outcome)) this.#notWritten ??= { partition, outcome }
    else {
      const { position } = fieldsOf(outcome.body)
      this.#positions.push(typeof position === "string" ? position : `partition ${partition}`)
    }
  }
  /** One could not be asked what it has: nothing more is sent to it. */
  notRead(outcome: Outcome): void {
    this.#notRead ??= isRefusal(outcome) && outcome.status === 404 ? inBody(outcome) : outcome
  }

  /** What is answered when it has not gone into all; what is recorded stays. */
  get problem(): Outcome | undefined {
    const outcome = this.#notWritten?.outcome ?? this.#notRead
    if (outcome === undefined) return undefined
    if (this.#positions.length === 0)
      return this.#notWritten === undefined && !isRefusal(outcome) ? NOTHING_RECORDED : outcome
    const where = `it is recorded at ${this.#positions.join()}, and not in every partition`
    if (!isRefusal(outcome)) return refused(503, "OutcomeUnknown", `${where}: send it again`)
    const { code, detail, errors } = fieldsOf(outcome.body)
    const who = this.#notWritten === undefined ? "" : `partition ${this.#notWritten.partition}: `
    const more = Array.isArray(errors) && { errors }
    return refused(outcome.status as RefusalStatus, String(code), `${who}${String(detail)} (${where})`, { ...more })
  }
}

/** What is not there was looked for by a path, and named in a body. */
const inBody = ({ body, contentType }: Passed): Passed => {
  const status = 422
  return { status, contentType, body: JSON.stringify({ ...fieldsOf(body), status, title: STATUS_CODES[status] }) }
}

const NOTHING_RECORDED = refused(
  503,
  "NotTheWriter",
  "not every partition says what it has right now: nothing was recorded"
)

const isRefusal = (outcome: Outcome): outcome is Exclude<Outcome, { readonly problem: unknown }> =>
  !("problem" in outcome) && outcome.status < 500
