import { setTimeout as sleep } from "node:timers/promises"
import type { AccountId, Symbol } from "#domain/kernel/ids.ts"
import { formatFixed, parseFixed, type Quantity } from "#domain/kernel/money.ts"
import type { Submission } from "#streams/account-writer.ts"
import type { CommandClient } from "#streams/command-client.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { type Answered, type Counts, countAnswers, placedOrders } from "./answers.ts"

/** Orders of several callers, each answered before its caller sends the next one, over whatever happens to writers. */
export class WriterStory {
  readonly answered = new Map<string, Answered>()
  /** what no caller may be told: that an order was not taken, or that nobody knows */
  readonly failures: Array<string> = []
  readonly #refused = new Set<string>()
  readonly #client: CommandClient
  readonly #seed: string
  readonly #account: AccountId
  #n = 0
  #moment = 0
  #answeredAt = performance.now()
  #longestMs = 0
  #stop = false
  #load: Promise<unknown> = Promise.resolve()
  readonly #pauseMs: number
  /** `pauseMs`: between a caller's answer and its next order */
  constructor(client: CommandClient, seed: string, account: string, pauseMs = 5) {
    this.#pauseMs = pauseMs
    this.#client = client
    this.#seed = seed
    this.#account = account as AccountId
  }

  begin(callers: number): void {
    this.#load = Promise.all(Array.from({ length: callers }, () => this.#call()))
  }
  async end(): Promise<void> {
    this.#stop = true
    await this.#load
  }

  /** Does something to the writers; the longest time without an answer from then until service is back, in ms. */
  async gapDuring(what: () => Promise<void>): Promise<number> {
    await this.#served(20)
    this.#longestMs = 0
    await what()
    await this.#served(50)
    return Math.round(this.#longestMs)
  }

  async #served(orders: number): Promise<void> {
    const until = this.answered.size + orders
    for (let waited = 0; this.answered.size < until; waited += 10) {
      if (waited > 40_000) throw new Error(`nobody answers: ${this.failures.slice(-3).join("; ")}`)
      await sleep(10)
    }
  }

  async #call(): Promise<void> {
    while (!this.#stop) {
      const n = ++this.#n
      const id = `${this.#seed}-${n}`
      const sent = ++this.#moment
      try {
        const reply = await this.#client.submit(0, order(id, this.#account, n))
        if (reply.kind !== "facts" && reply.kind !== "repeat") {
          this.#fail(id, JSON.stringify(reply))
          continue
        }
        this.answered.set(id, { sent, answered: ++this.#moment, first: reply.first })
        this.#longestMs = Math.max(this.#longestMs, performance.now() - this.#answeredAt)
        this.#answeredAt = performance.now()
      } catch (error) {
        this.#fail(id, (error as Error).message)
      }
      await sleep(this.#pauseMs)
    }
  }

  #fail(id: string, why: string): void {
    this.failures.push(`${id}: ${why}`)
    this.#refused.add(id)
  }

  /** Each answered order against the ledger. */
  async count(log: EventLog): Promise<Counts & { readonly orders: number; readonly epochs: number }> {
    const answered = new Map(this.answered)
    const refused = new Set(this.#refused)
    const found = await placedOrders(log, this.#seed)
    return { ...countAnswers(found, answered, refused), orders: found.placed.size, epochs: found.epochs }
  }

  /** Each answered order is in the ledger once, where its answer said; nothing that was sent is there twice. */
  async check(log: EventLog): Promise<{ readonly orders: number; readonly epochs: number }> {
    const { lost, twice, outOfOrder, refusedThenDone, orders, epochs } = await this.count(log)
    if (lost + twice + outOfOrder + refusedThenDone > 0)
      throw new Error(`orders: ${JSON.stringify({ lost, twice, outOfOrder, refusedThenDone })}`)
    return { orders, epochs }
  }
}

const order = (id: string, account: AccountId, n: number): Submission => ({
  id,
  actor: "test",
  request: {
    type: "SubmitOrder",
    account,
    symbol: "BTCUSDT" as Symbol,
    side: n % 2 === 0 ? "sell" : "buy",
    orderType: "market",
    timeInForce: "IOC",
    quantity: parseFixed("0.001") as Quantity
  }
})

/** The same orders through the front door of HTTP. */
export const httpClient = (url: string): CommandClient => ({
  submit: async (_, { id, request }) => {
    if (request.type !== "SubmitOrder") throw new Error(request.type)
    const { account, symbol, side, orderType: type, quantity } = request
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ account, symbol, side, type, quantity: formatFixed(quantity), clOrdId: id }),
      signal: AbortSignal.timeout(30_000) // longer than the gateway looks for a writer
    })
    const body = (await response.json()) as { orderId: string }
    if (response.status > 201) throw new Error(`${response.status} ${JSON.stringify(body)}`)
    const first = Number(body.orderId.split("-")[1])
    return { kind: response.status === 200 ? "repeat" : "facts", first, last: first }
  }
})

const PATIENCE_MS = 40_000

/** Asks again under the same id, as every client must that was told 503 or nothing. */
export const patient = (client: CommandClient): CommandClient => ({
  submit: async (partition, command) => {
    for (const end = performance.now() + PATIENCE_MS; ; await sleep(50)) {
      try {
        return await client.submit(partition, command)
      } catch (error) {
        const { message } = error as Error
        if (/^[45]\d\d /u.test(message) && !message.startsWith("503")) throw error
        if (performance.now() > end) throw error
      }
    }
  }
})
