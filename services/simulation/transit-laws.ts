import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { must } from "./broken-law.ts"

type Event = Recorded<AccountEvent>
type Leaving = Extract<Event, { type: "TransferredOut" }>

const CARRIED = ["transferId", "currency", "amount", "symbol", "quantity", "cost"] as const
type Carried = { readonly [K in (typeof CARRIED)[number]]?: unknown }
export const sameLoad = (a: Carried, b: Carried): boolean => CARRIED.every((name) => a[name] === b[name])

/** What passes between partitions, by the events alone: each leaves once, ends once, and is dealt with once. */
export class TransitLaws {
  readonly #leaving = new Map<string, Leaving>()
  readonly #groups = new Map<string, string>()
  readonly #sent = new Map<number, number>()
  readonly #taken = new Map<number, number>()

  get onTheirWay(): ReadonlyArray<string> {
    return [...this.#leaving.keys(), ...this.#groups.keys()]
  }

  /** Before it is folded. */
  see(event: Event, { request }: Command): void {
    const { type, eventNo } = event
    switch (type) {
      case "TransferredOut": {
        const { toPartition, transitNo, transferId } = event.data
        if (toPartition === undefined) return
        this.#follows(this.#sent, toPartition, transitNo, eventNo)
        this.#leaving.set(transferId, event)
        return
      }
      case "TransferArrived":
      case "TransferReturned": {
        const left = this.#leaving.get(event.data.transferId)
        must(left?.account === event.account, () => `event ${eventNo}: what is not on its way ends for somebody`)
        this.#leaving.delete(event.data.transferId)
        const isBack = type === "TransferReturned"
        const isRefused = request.type === "SettleTransfer" && request.refused !== undefined
        must(isBack === isRefused, () => `event ${eventNo}: ${type} is not what the other partition said`)
        if (isBack) must(sameLoad(left!.data, event.data), () => `event ${eventNo}: what comes back is not what left`)
        return
      }
      case "TransferredIn":
      case "TransferRefused": {
        const { fromPartition, transitNo } = event.data
        if (fromPartition === undefined) return
        this.#follows(this.#taken, fromPartition, transitNo, eventNo)
        const sent = request.type === "ReceiveTransfer" ? request : undefined
        if (type === "TransferredIn") {
          const isSame = sent !== undefined && sameLoad(sent.carried, event.data) && sent.to === event.account
          must(isSame, () => `event ${eventNo}: what is taken is not what was sent`)
        }
        return
      }
      case "GroupMovedOut":
        this.#follows(this.#sent, event.data.toPartition, event.data.transitNo, eventNo)
        this.#groups.set(event.data.moveId, JSON.stringify(event.data.moved))
        return
      case "GroupArrived":
      case "GroupReturned": {
        const left = this.#groups.get(event.data.moveId)
        must(left !== undefined, () => `event ${eventNo}: a group that is not on its way has come somewhere`)
        this.#groups.delete(event.data.moveId)
        const isBack = type === "GroupReturned"
        const isRefused = request.type === "SettleGroup" && request.refused !== undefined
        must(isBack === isRefused, () => `event ${eventNo}: ${type} is not what the other partition said`)
        const isSame = !isBack || JSON.stringify(event.data.moved) === left
        must(isSame, () => `event ${eventNo}: the group that comes back is not the one that left`)
        return
      }
      case "GroupMovedIn":
      case "GroupRefused": {
        this.#follows(this.#taken, event.data.fromPartition, event.data.transitNo, eventNo)
        const sent = request.type === "ReceiveGroup" ? JSON.stringify(request.moved) : undefined
        const isSame = type === "GroupRefused" || JSON.stringify(event.data.moved) === sent
        return must(isSame, () => `event ${eventNo}: the group that comes is not the one that was sent`)
      }
      default:
    }
  }

  #follows(counts: Map<number, number>, partition: number, no: number | undefined, eventNo: number): void {
    const due = (counts.get(partition) ?? 0) + 1
    must(no === due, () => `event ${eventNo}: number ${no} between the partitions, not ${due}`)
    counts.set(partition, due)
  }
}
