import {
  SESSION_CODES,
  SESSION_ITEMS_MAX,
  type OrderItem,
  type SessionAnswer,
  type SessionClientFrame,
  type SessionServerFrame
} from "#services/contract/order-entry.ts"

/** What is used of a WebSocket: the one that Node and browsers have, or that of a library. */
type Socket = {
  send: (text: string) => void
  close: (code?: number) => void
  onopen: unknown
  onmessage: unknown
  onclose: unknown
  onerror: unknown
}
export type SessionClientOptions = {
  /** `ws://127.0.0.1:8099/session` */
  readonly url: string
  /** Answers as they come, each number once. */
  readonly onAnswers: (answers: ReadonlyArray<SessionAnswer>) => void
  /** The server will not go on: with what it said, and the items that have no answer by their numbers. */
  readonly onEnd?: (error: Error, unanswered: ReadonlyMap<number, OrderItem>) => void
  /** of a client of before, to go on with its session: numbers go on after the last that was taken */
  readonly session?: string
  /** at most so many without an answer, however wide the window is */
  readonly inFlightMax?: number
  readonly itemsPerFrameMax?: number
  /** without a word for this long the connection is taken for dead, and another one made */
  readonly silenceMsMax?: number
  /** how long to wait before connecting again */
  readonly retryMs?: number
  readonly makeSocket?: (url: string) => unknown
}

const RETRY_MS = 100
const SILENCE_MS = 15_000
/** The session cannot be gone on with: another connection has it, or the server does not know it any more. */
const FINAL = new Set(["UnknownSession", "SessionTooOld", "TakenOver"])

/**
 * Sends orders over a session and keeps each until it has its answer. After a cut it connects again, resumes, and sends
 * what has no answer under the same numbers, so that nothing is lost and nothing is done twice.
 */
export class SessionClient {
  #session: string | undefined
  #next = 1
  #window = 0
  #socket: Socket | undefined
  #isReady = false
  #isClosed = false
  #isFlushing = false
  #heardAt = 0
  #onReady: () => void
  #onFailed: (error: Error) => void
  readonly #options: SessionClientOptions
  readonly #waiting: Array<OrderItem> = []
  /** by number: sent, and without an answer */
  readonly #unanswered = new Map<number, OrderItem>()
  readonly #watch: ReturnType<typeof setInterval>

  /** Connects, however long it takes, and opens the session or goes on with the one that was named. */
  static open(options: SessionClientOptions): Promise<SessionClient> {
    return new Promise((resolve, reject) => {
      const client = new SessionClient(options, () => resolve(client), reject)
    })
  }

  private constructor(options: SessionClientOptions, onReady: () => void, onFailed: (error: Error) => void) {
    this.#options = options
    this.#onReady = onReady
    this.#onFailed = onFailed
    this.#session = options.session
    const silenceMs = options.silenceMsMax ?? SILENCE_MS
    this.#watch = setInterval(() => this.#isAlive(silenceMs), silenceMs / 3)
    this.#connect()
  }

  /** Items that wait or have no answer yet. */
  get open(): number {
    return this.#waiting.length + this.#unanswered.size
  }
  /** The number of the next item that is given to {@link send}. */
  get next(): number {
    return this.#next + this.#waiting.length
  }
  get session(): string {
    return this.#session ?? ""
  }

  /** Takes items to send; gives back the number of the first, the others follow it. They go out as the window allows. */
  send(items: ReadonlyArray<OrderItem>): number {
    const first = this.next
    for (const item of items) this.#waiting.push(item)
    if (!this.#isFlushing) {
      this.#isFlushing = true
      queueMicrotask(() => {
        this.#isFlushing = false
        this.#flush()
      })
    }
    return first
  }

  /** Leaves; what has no answer stays unanswered, and can be asked for by a client that resumes the session. */
  close(): void {
    this.#isClosed = true
    clearInterval(this.#watch)
    this.#socket?.close(1000)
  }

  #connect(): void {
    if (this.#isClosed) return
    const { url, makeSocket = (to: string) => new WebSocket(to) } = this.#options
    const socket = makeSocket(url) as Socket
    this.#socket = socket
    this.#isReady = false
    this.#heardAt = performance.now()
    const isCurrent = () => this.#socket === socket && !this.#isClosed
    socket.onopen = () => {
      if (isCurrent())
        this.#say(this.#session === undefined ? { op: "open" } : { op: "resume", session: this.#session })
    }
    socket.onmessage = ({ data }: { readonly data: string }) => {
      if (!isCurrent()) return
      this.#heardAt = performance.now()
      this.#receive(JSON.parse(data) as SessionServerFrame)
    }
    socket.onerror = () => {}
    socket.onclose = () => {
      if (isCurrent()) this.#again()
    }
  }

  #again(): void {
    this.#socket = undefined
    setTimeout(() => this.#connect(), this.#options.retryMs ?? RETRY_MS)
  }

  #isAlive(silenceMs: number): void {
    if (this.#socket === undefined) return
    if (performance.now() - this.#heardAt > silenceMs) {
      this.#socket.close()
      return this.#again()
    }
    if (this.#isReady) this.#say({ op: "ping" })
  }

  #receive(frame: SessionServerFrame): void {
    switch (frame.op) {
      case "answers":
        this.#window = frame.window
        this.#answered(frame.items)
        return this.#flush()
      case "session":
        this.#session = frame.session
        this.#window = frame.window
        this.#isReady = true
        // a client that was started anew has numbers to leave alone
        if (this.open === 0) this.#next = Math.max(this.#next, frame.last + 1)
        this.#sendAgain([...this.#unanswered.keys()])
        this.#onReady()
        return this.#flush()
      case "error":
        if (FINAL.has(frame.code) || this.#isReady) this.#end(new Error(`${frame.code}: ${frame.detail}`))
        return
      case "paused":
      case "pong":
    }
  }

  #answered(items: ReadonlyArray<SessionAnswer>): void {
    const fresh: Array<SessionAnswer> = []
    const unknown: Array<number> = []
    for (const answer of items) {
      if (answer.code === SESSION_CODES.outcomeUnknown) unknown.push(answer.no)
      // an answer that was on its way when the line was cut comes again
      else if (this.#unanswered.delete(answer.no)) fresh.push(answer)
    }
    if (unknown.length > 0) setTimeout(() => this.#isReady && this.#sendAgain(unknown), RETRY_MS)
    if (fresh.length > 0) this.#options.onAnswers(fresh)
  }

  /** Numbers that have no answer, in frames of consecutive ones. */
  #sendAgain(numbers: ReadonlyArray<number>): void {
    const most = this.#options.itemsPerFrameMax ?? SESSION_ITEMS_MAX
    let items: Array<OrderItem> = []
    let no = 0
    const out = () => {
      if (items.length > 0) this.#say({ op: "orders", no, items })
      items = []
    }
    for (const number of numbers.toSorted((a, b) => a - b)) {
      const item = this.#unanswered.get(number)
      if (item === undefined) continue
      if (items.length === most || number !== no + items.length) out()
      if (items.length === 0) no = number
      items.push(item)
    }
    out()
  }

  #flush(): void {
    const { inFlightMax = Number.POSITIVE_INFINITY, itemsPerFrameMax = SESSION_ITEMS_MAX } = this.#options
    while (this.#isReady && this.#waiting.length > 0) {
      const room = Math.min(this.#window, inFlightMax) - this.#unanswered.size
      if (room <= 0) return
      const items = this.#waiting.splice(0, Math.min(room, itemsPerFrameMax))
      const no = this.#next
      for (const item of items) this.#unanswered.set(this.#next++, item)
      this.#say({ op: "orders", no, items })
    }
  }

  #say(frame: SessionClientFrame): void {
    this.#socket?.send(JSON.stringify(frame))
  }

  #end(error: Error): void {
    this.close()
    this.#onFailed(error)
    this.#options.onEnd?.(error, this.#unanswered)
  }
}
