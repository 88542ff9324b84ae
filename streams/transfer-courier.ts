import { setTimeout as sleep } from "node:timers/promises"
import { packAnswers } from "#domain/account/carried-answers.ts"
import type { Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { HeldOver, MovedGroup } from "#domain/account/move-events.ts"
import type { State } from "#domain/account/state.ts"
import type { GroupOnItsWay, OnItsWay } from "#domain/account/transit.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountWriter } from "./account-writer.ts"
import type { CommandClient } from "./command-client.ts"
import type { CommandReply } from "./command-codec.ts"
import { NotTheWriter } from "./writer.ts"

const ACTOR = "system:transit"
const PAUSE_MS = 250

type Leaving = { readonly transfer: OnItsWay } | { readonly moveId: string; readonly group: GroupOnItsWay }
type Said = { readonly refused?: { readonly code: string; readonly detail: string } }

/**
 * Hands over to other partitions what has left for them, transfers and groups, and records their answers: for each
 * partition one after the other, again until it is answered. It keeps nothing: what is on its way stands in the writer's
 * state, and whoever receives it tells by its number whether he has dealt with it.
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
  restore({ transit }: State): void {
    for (const { toPartition } of [...transit.onTheirWay.values(), ...transit.groups.values()]) this.#wake(toPartition)
  }
  committed({ type, data }: Recorded<AccountEvent>): void {
    if ((type === "TransferredOut" || type === "GroupMovedOut") && data.toPartition !== undefined)
      this.#wake(data.toPartition)
  }
  /** Why what has left is waiting, by the partition that it is for; nothing where all is well. */
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
        const next = await this.#writer.look((state) => nextFor(state, partition))
        if (next === undefined) return
        await ("transfer" in next ? this.#transfer(next.transfer) : this.#group(next.moveId, next.group))
        this.#waiting.delete(partition)
      } catch (error) {
        if (error instanceof NotTheWriter || signal.aborted) return
        this.#waiting.set(partition, (error as Error).message)
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #transfer({ toPartition, ...sent }: OnItsWay): Promise<void> {
    const { transferId } = sent.carried
    const name = `transit:${transferId}`
    const fromPartition = this.#writer.partition
    const said = await this.#hand(toPartition, name, { type: "ReceiveTransfer", fromPartition, ...sent })
    await this.#settle(name, { type: "SettleTransfer", account: sent.from, transferId, ...said })
  }

  async #group(moveId: string, leaving: GroupOnItsWay): Promise<void> {
    const { group, toPartition, transitNo, hash, content, heldOver } = leaving
    const name = `move:${moveId}`
    const moved = JSON.parse(content) as MovedGroup
    const accounts = moved.accounts.map(({ account }) => account)
    const answers = await this.#writer.look((state) => packAnswers(state, accounts))
    const head = { moveId, group, fromPartition: this.#writer.partition, transitNo }
    let said: Said = {}
    for (const [i, part] of answers.entries()) {
      const request = { type: "ReceiveAnswers", ...head, part: i + 1, answers: part } as const
      said = await this.#hand(toPartition, `${name}:${i + 1}`, request)
      if (said.refused !== undefined) break
    }
    if (said.refused === undefined) {
      const whole = { parts: answers.length, hash, moved, heldOver: JSON.parse(heldOver) as HeldOver }
      said = await this.#hand(toPartition, name, { type: "ReceiveGroup", ...head, ...whole })
    }
    await this.#settle(name, { type: "SettleGroup", moveId, ...said })
  }

  /** The other partition's answer; fails where that is not to be had now. */
  async #hand(partition: number, id: string, request: Request): Promise<Said> {
    const sent = this.#client.submit(partition, { id, actor: ACTOR, request })
    return meaning(await untilStopped(sent, this.#stopping.signal))
  }
  #settle(name: string, request: Request): Promise<unknown> {
    return this.#writer.submit({ id: `${name}:end`, actor: ACTOR, request })
  }
}

/** What has left for a partition first. */
const nextFor = ({ transit }: State, partition: number): Leaving | undefined => {
  let next: Leaving | undefined
  let no = Infinity
  for (const transfer of transit.onTheirWay.values()) {
    if (transfer.toPartition !== partition) continue
    ;[next, no] = [{ transfer }, transfer.transitNo]
    break // they stand in their order
  }
  for (const [moveId, group] of transit.groups)
    if (group.toPartition === partition && group.transitNo < no) [next, no] = [{ moveId, group }, group.transitNo]
  return next
}

const meaning = (reply: CommandReply): Said => {
  switch (reply.kind) {
    case "facts":
      if (reply.refusal === undefined) return {}
      return { refused: { code: reply.refusal.code, detail: reply.refusal.detail } }
    case "repeat":
    case "nothing":
      return {}
    case "refused": {
      const { code, detail } = reply.refusal
      if (code !== "TransferRefused") throw new Error(`${code}: ${detail}`)
      return { refused: { code: detail, detail: "it was refused when it came before" } }
    }
    case "unavailable":
      throw new Error(reply.reason)
    case "moved":
      throw new Error(`partition ${reply.partition} was named instead`)
  }
}

/** Rejects when the signal is given, whatever becomes of the promise. */
const untilStopped = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stopped = () => reject(new Error("stopped"))
    if (signal.aborted) stopped()
    signal.addEventListener("abort", stopped, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stopped))
  })
