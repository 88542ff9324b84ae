import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Submission } from "#streams/account-writer.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import type { SubmitMany, Told } from "#streams/submit-many.ts"
import { SESSION_CODES } from "#services/contract/order-entry.ts"
import { answerText, refusalText, refusedText } from "./answers.ts"
import type { OrdersFrame } from "./read-frame.ts"
import { readItem } from "./read-item.ts"
import { commandIdOf, type SessionId } from "#services/desk/session-id.ts"

/** A number with what it asks. */
export type Numbered = { readonly no: number; readonly submission: Submission }
/** Where the answers of a session go: to the connection that it has now. */
export type Listener = {
  /** answers as JSON, with commas between */
  readonly answered: (items: string) => void
}
export type SessionPorts = {
  readonly partition: number
  readonly submitMany: SubmitMany
  /** Answers numbers that were taken before from the ledger; `text` is undefined where that cannot be said now. */
  readonly recall: (
    session: SessionId,
    asked: ReadonlyArray<Numbered>,
    answer: (no: number, text: string | undefined) => void
  ) => Promise<void>
  /** The events of these numbers, which another command left under the same id. */
  readonly eventsOf: (first: number, last: number) => Promise<ReadonlyArray<Recorded<AccountEvent>>>
}

/** So many answers are kept in memory: as many as may be unanswered. Older ones are asked of the ledger. */
const KEPT = 4096
const ACTOR = "session"

/**
 * One session: numbers are taken as they rise, handed to the writer in that order, and answered once. What was answered
 * is kept for a while; a number that comes again is answered from there or from the ledger, and never done again.
 */
export class OrderSession {
  readonly id: SessionId
  /** the highest number taken */
  high: number
  /** numbers that wait for their answer */
  unanswered = 0
  readonly #ports: SessionPorts
  /** by number modulo {@link KEPT}: which number stands there, and its answer, undefined while it is under way */
  readonly #numbers: Array<number> = []
  readonly #texts: Array<string | undefined> = []
  #listener: Listener | undefined
  #out = ""
  #isTelling = false

  constructor(id: SessionId, high: number, ports: SessionPorts) {
    this.id = id
    this.high = high
    this.#ports = ports
  }

  get isConnected(): boolean {
    return this.#listener !== undefined
  }

  /** From now on answers go there; what the one before has not been told is asked for again by number. */
  attach(listener: Listener | undefined): void {
    this.#listener = listener
    this.#out = ""
  }

  /** Takes the orders of a frame. Every number is answered, now or later. */
  take({ no, items, inexact }: OrdersFrame): void {
    const repeats: Array<Numbered> = []
    const fresh: Array<Submission> = []
    const numbers: Array<number> = []
    for (const [place, item] of items.entries()) {
      const number = no + place
      const isRepeat = number <= this.high
      if (isRepeat && this.#isKept(number)) continue
      this.#begin(number)
      const read = readItem(item, inexact?.get(place) ?? NONE)
      if ("code" in read) {
        this.#answer(number, refusedText(number, read))
        continue
      }
      const submission = { id: read.clOrdId ?? commandIdOf(this.id, number), actor: ACTOR, request: read.request }
      if (isRepeat) repeats.push({ no: number, submission })
      else {
        fresh.push(submission)
        numbers.push(number)
      }
    }
    this.high = Math.max(this.high, no + items.length - 1)
    if (fresh.length > 0) {
      this.#ports.submitMany(fresh, (first, told) => {
        for (const [i, one] of told.entries()) this.#told(numbers[first + i]!, one)
      })
    }
    if (repeats.length > 0) {
      void this.#ports.recall(this.id, repeats, (number, text) => {
        if (text === undefined) this.#unknown(number)
        else this.#answer(number, text)
      })
    }
  }

  /** Answers a number that is still in memory; one that is under way gets its answer when it is there. */
  #isKept(no: number): boolean {
    const place = no % KEPT
    if (this.#numbers[place] !== no) return false
    const text = this.#texts[place]
    if (text !== undefined) this.#say(text)
    return true
  }

  #begin(no: number): void {
    this.unanswered++
    this.#numbers[no % KEPT] = no
    this.#texts[no % KEPT] = undefined
  }

  #told(no: number, told: Told): void {
    switch (told.kind) {
      case "facts":
        return this.#answer(no, answerText(no, told.events, this.#ports.partition))
      case "nothing":
        return this.#answer(no, JSON.stringify({ no }))
      case "refused":
        return this.#answer(no, refusalText(no, told.refusal))
      case "repeat":
        this.#ports.eventsOf(told.first, told.last).then(
          (events) => this.#answer(no, answerText(no, events, this.#ports.partition)),
          () => this.#unknown(no)
        )
        return
      case "failed": {
        const { error } = told
        if (!(error instanceof LogUnavailable)) return this.#unknown(no)
        const detail = `nothing was recorded: ${error.message}`
        return this.#answer(no, refusedText(no, { code: "NoSpace", detail }))
      }
    }
  }

  /** Whether it was recorded cannot be said: sent again, it is looked up. */
  #unknown(no: number): void {
    const detail = "it may have been recorded: send the same number again"
    this.#answer(no, refusedText(no, { code: SESSION_CODES.outcomeUnknown, detail }))
    if (this.#numbers[no % KEPT] === no) this.#numbers[no % KEPT] = 0
  }

  #answer(no: number, text: string): void {
    this.unanswered--
    if (this.#numbers[no % KEPT] === no) this.#texts[no % KEPT] = text
    this.#say(text)
  }

  /** What is answered in one turn goes out together. */
  #say(text: string): void {
    if (this.#listener === undefined) return
    this.#out = this.#out === "" ? text : `${this.#out},${text}`
    if (this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => {
      this.#isTelling = false
      const items = this.#out
      this.#out = ""
      if (items !== "") this.#listener?.answered(items)
    })
  }
}
const NONE: ReadonlyArray<string> = []
