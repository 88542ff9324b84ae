import { setTimeout as sleep } from "node:timers/promises"
import type { SettleTransfer } from "#domain/account/entries.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import type { OnItsWay } from "#domain/account/transit.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountWriter } from "./account-writer.ts"
import type { CommandClient } from "./command-client.ts"
import type { CommandReply } from "./command-codec.ts"
import { NotTheWriter } from "./transact.ts"

const ACTOR = "system:transit"
const PAUSE_MS = 250

/**
 * Hands over to other partitions what has left for them, and records their answers: for each partition one after the
 * other, again until it is answered. It keeps nothing: what is on its way stands in the writer's state, and whoever
 * receives it tells by its number whether he has dealt with it.
 */
export class TransferCourier {
  readonly #writer: Pick<AccountWriter, "partition" | "look" | "submit">
  readonly #client: CommandClient
  /** partitions that are being served, and those of them that something new has left for */
  readonly #running = new Map<number, Promise<void>>()
  readonly #woken = new Set<number>()
  /** why what is next for a partition does not get there, for people */
  readonly #waiting = new Map<number, string>()
  readonly #stopping = new AbortController()
  constructor(writer: Pick<AccountWriter, "partition" | "look" | "submit">, client: CommandClient) {
    this.#writer = writer
    this.#client = client
  }

  /** What had left before this writer began. */
  restore(state: State): void {
    for (const { toPartition } of state.transit.onTheirWay.values()) this.#wake(toPartition)
  }
  committed({ type, data }: Recorded<AccountEvent>): void {
    if (type === "TransferredOut" && data.toPartition !== undefined) this.#wake(data.toPartition)
  }
  /** Why transfers are waiting, by the partition that they are for; nothing where all is well. */
  waiting(): ReadonlyMap<number, string> {
    return this.#waiting
  }
  /** Ends at once: what has not been answered is sent again by the next writer. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#running.values())
  }

  #wake(partition: number): void {
    this.#woken.add(partition)
    if (this.#running.has(partition) || this.#stopping.signal.aborted) return
    const run = this.#run(partition).finally(() => {
      this.#running.delete(partition)
      if (this.#woken.has(partition)) this.#wake(partition)
    })
    this.#running.set(partition, run)
  }

  async #run(partition: number): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        this.#woken.delete(partition)
        const next = await this.#writer.look(({ transit }) => firstFor(transit.onTheirWay.values(), partition))
        if (next === undefined) return
        const settled = outcomeOf(next, await untilStopped(this.#hand(next), signal))
        if ("waits" in settled) throw new Error(settled.waits)
        const id = `${idOf(next)}:end`
        await this.#writer.submit({ id, actor: ACTOR, request: settled })
        this.#waiting.delete(partition)
      } catch (error) {
        if (error instanceof NotTheWriter || signal.aborted) return
        this.#waiting.set(partition, (error as Error).message)
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  #hand({ toPartition, ...sent }: OnItsWay): Promise<CommandReply> {
    const request = { type: "ReceiveTransfer", fromPartition: this.#writer.partition, ...sent } as const
    return this.#client.submit(toPartition, { id: idOf(sent), actor: ACTOR, request })
  }
}

const idOf = ({ carried }: Pick<OnItsWay, "carried">): string => `transit:${carried.transferId}`

const firstFor = (onTheirWay: Iterable<OnItsWay>, partition: number): OnItsWay | undefined => {
  for (const one of onTheirWay) if (one.toPartition === partition) return one
  return undefined
}

/** What the other partition's answer means here; whatever is no answer to it waits. */
const outcomeOf = ({ from, carried }: OnItsWay, reply: CommandReply): SettleTransfer | { readonly waits: string } => {
  const settled = { type: "SettleTransfer", account: from, transferId: carried.transferId } as const
  switch (reply.kind) {
    case "facts":
      return reply.refusal === undefined ? settled : { ...settled, refused: codeAndDetail(reply.refusal) }
    case "repeat":
    case "nothing":
      return settled
    case "refused": {
      const { code, detail } = reply.refusal
      if (code !== "TransferRefused") return { waits: `${code}: ${detail}` }
      return { ...settled, refused: { code: detail, detail: "it was refused when it came before" } }
    }
    case "unavailable":
      return { waits: reply.reason }
  }
}
const codeAndDetail = ({ code, detail }: { readonly code: string; readonly detail: string }) => ({ code, detail })

/** Rejects when the signal is given, whatever becomes of the promise. */
const untilStopped = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stopped = () => reject(new Error("stopped"))
    signal.addEventListener("abort", stopped, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stopped))
  })
