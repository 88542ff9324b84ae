import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { TransferredOut } from "#domain/ledger/entry-events.ts"
import type { FactOf } from "#domain/kernel/event.ts"
import type { Transit } from "./entries.ts"

/** What has left for another partition and is not known yet to have arrived. */
export type OnItsWay = Transit & { readonly from: AccountId; readonly to: AccountId; readonly toPartition: number }

/** A group that has left for another partition. */
export type GroupOnItsWay = {
  readonly group: GroupId
  readonly toPartition: number
  readonly transitNo: number
  readonly hash: string
  /** all that it was, and what held for it besides, as JSON */
  readonly content: string
  readonly heldOver: string
}

/** What passes between this partition and others, each of them by number. */
export type InTransit = {
  /** by the transfer's id, in the order in which they left */
  readonly onTheirWay: Map<string, OnItsWay>
  /** by the move's id */
  readonly groups: Map<string, GroupOnItsWay>
  /** what came before a group that has not come yet, by the move's id */
  readonly arriving: Map<string, Array<string>>
  /** how many transfers and groups have left for each partition */
  readonly sent: Map<number, number>
  /** how many have come from each: they come in their order, so that a number tells which were dealt with */
  readonly taken: Map<number, number>
  /** those of them that were refused: why, by number */
  readonly refused: Map<number, Map<number, string>>
}

export const nothingInTransit = (): InTransit => ({
  onTheirWay: new Map(),
  groups: new Map(),
  arriving: new Map(),
  sent: new Map(),
  taken: new Map(),
  refused: new Map()
})

/** What a `TransferredOut` to another partition sends there; undefined for one within the partition. */
export const transitOf = (
  from: AccountId,
  data: FactOf<typeof TransferredOut>["data"],
  effectiveAt: Time
): OnItsWay | undefined => {
  const { to, toPartition, transitNo, mark, ...carried } = data
  return toPartition === undefined || transitNo === undefined
    ? undefined
    : { from, to, toPartition, transitNo, effectiveAt, carried, ...(mark !== undefined && { mark }) }
}

export const leave = ({ onTheirWay, sent }: InTransit, leaving: OnItsWay | undefined): void => {
  if (leaving === undefined) return
  onTheirWay.set(leaving.carried.transferId, leaving)
  sent.set(leaving.toPartition, leaving.transitNo)
}
export const take = ({ taken }: InTransit, partition: number | undefined, no: number | undefined): void => {
  if (partition !== undefined && no !== undefined) taken.set(partition, no)
}
export const refuse = (transit: InTransit, partition: number, no: number, why: string): void => {
  take(transit, partition, no)
  const known = transit.refused.get(partition)
  if (known === undefined) transit.refused.set(partition, new Map([[no, why]]))
  else known.set(no, why)
}
