import type { AccountId, ClOrdId, Currency, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { AllottedLimit, HaltMode } from "#domain/risk/events.ts"
import type { Limits, LimitScope } from "#domain/risk/limits.ts"
import type { GroupKind, Origin } from "#domain/orders/events.ts"
import type { HeldOver, MovedGroup } from "./move-events.ts"
import type { Instructions, TriggerOn } from "#domain/orders/instructions.ts"
import type { OrderType, Side, TimeInForce, VenueReport } from "#domain/venue/messages.ts"
import type { PostEntry, ReceiveTransfer, SettleTransfer, Transfer } from "./entries.ts"

/** Who asks, and under which id: (account, id) identifies a command, sent again it answers as the first time. */
export type CommandHead = { readonly id: string; readonly actor: string; readonly trace?: string }

export type SubmitOrder = {
  readonly type: "SubmitOrder"
  readonly account: AccountId
  readonly symbol: Symbol
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Quantity
  readonly price?: Price
  readonly stopPrice?: Price
  readonly expireAt?: Time
} & Instructions &
  Origin
/** Orders that hang together; of OTO and bracket the first is the parent. */
export type SubmitGroup = {
  readonly type: "SubmitGroup"
  readonly account: AccountId
  readonly kind: GroupKind
  readonly orders: ReadonlyArray<SubmitOrder>
}
/** Asks what is due in a group: sent by ourselves whenever something has happened to one of its orders. */
export type WorkGroup = { readonly type: "WorkGroup"; readonly account: AccountId; readonly groupId: string }
/** A watcher of ours saw the price that a held stop waits for. */
export type TriggerOrder = {
  readonly type: "TriggerOrder"
  readonly account: AccountId
  readonly orderId: OrderId
  readonly price: Price
  readonly source: TriggerOn
  readonly mdNo: number
  /** it came while nobody watched */
  readonly missed?: boolean
}
/** A request is about to go to a venue that may lose it, or has not been answered in time. */
export type RecordRoute = {
  readonly type: "RecordRoute"
  readonly account: AccountId
  readonly orderId: OrderId
  readonly clOrdId: ClOrdId
  readonly venue: string
  readonly unknown?: string
}
export type ReplaceOrder = {
  readonly type: "ReplaceOrder"
  readonly account: AccountId
  readonly orderId: OrderId
  readonly quantity?: Quantity
  readonly price?: Price
  readonly stopPrice?: Price
  readonly displayQuantity?: Quantity
  /** names a request that is on its way when this one is to follow it (FIX OrigClOrdID 41) */
  readonly origClOrdId?: ClOrdId
  /** a filled order may be given more (FIX 4.4 appendix D, C.1.c); otherwise it is over */
  readonly evenIfFilled?: boolean
}
export type CancelOrder = {
  readonly type: "CancelOrder"
  readonly account: AccountId
  readonly orderId: OrderId
  readonly origClOrdId?: ClOrdId
}
export type CancelAll = { readonly type: "CancelAll"; readonly account: AccountId; readonly symbol?: Symbol }
export type Movement = {
  readonly type: "Deposit" | "Withdraw"
  readonly account: AccountId
  readonly currency: Currency
  readonly amount: Cash
  readonly reference?: string
  readonly effectiveAt?: Time
}
export type OpenAccount = {
  readonly type: "OpenAccount"
  readonly account: AccountId
  readonly owner: OwnerId
  readonly group: GroupId
  readonly accountType: "cash" | "margin"
  readonly currency: Currency
  /** of a margin account, where it is not half and a quarter */
  readonly initialMargin?: Rate
  readonly maintenanceMargin?: Rate
}
/** Of `changes` what is left out stays and `null` clears. They hold from `effectiveFrom` on, or at once. */
export type SetLimits = {
  readonly type: "SetLimits"
  readonly scope: LimitScope
  readonly scopeId: string
  readonly changes: { readonly [K in keyof Limits]?: Limits[K] | null }
  readonly reason: string
  readonly proposedBy?: string
  readonly approvedBy?: string
  readonly effectiveFrom?: Time
}
/** Moves a part of the firm's limit to a group, or (`amount` below 0) back. */
export type AllotLimit = {
  readonly type: "AllotLimit"
  readonly group: GroupId
  readonly limit: AllottedLimit
  readonly amount: Cash
  readonly reason: string
}
export type Halt = {
  readonly type: "Halt"
  readonly scope: LimitScope
  readonly scopeId?: string
  readonly symbol?: Symbol
  readonly reason: string
  /** `all` where absent */
  readonly mode?: HaltMode
}
/**
 * Halts a scope and asks for all of its open orders to be cancelled, a thousand at a time: with `haltId` it goes on with
 * what an earlier one has left.
 */
export type Kill = {
  readonly type: "Kill"
  readonly scope: Exclude<LimitScope, "symbol">
  readonly scopeId?: string
  readonly symbol?: Symbol
  readonly reason: string
  readonly haltId?: string
}
/** Asks whether a scope has lost more than it may: sent by ourselves whenever that may be. */
export type WatchLosses = {
  readonly type: "WatchLosses"
  readonly scope: Exclude<LimitScope, "symbol">
  readonly scopeId: string
}
/** Asks what is due of a margin account that has less than it must keep, step by step. */
export type WatchMargin = { readonly type: "WatchMargin"; readonly account: AccountId }
export type Resume = { readonly type: "Resume"; readonly haltId: string }
export type AdoptInstrument = { readonly type: "AdoptInstrument"; readonly instrument: Instrument }
export type RecordMark = {
  readonly type: "RecordMark"
  readonly symbol: Symbol
  readonly price: Price
  readonly source: "mid" | "last"
  readonly mdNo: number
  readonly markedAt: Time
}
/** A risk group goes to another partition, with all of its accounts. */
export type MoveGroup = { readonly type: "MoveGroup"; readonly group: GroupId; readonly toPartition: number }
type FromThere = {
  readonly moveId: string
  readonly group: GroupId
  readonly fromPartition: number
  readonly transitNo: number
}
/** The partition that a group has left hands over what its accounts' commands were answered with, part by part. */
export type ReceiveAnswers = {
  readonly type: "ReceiveAnswers"
  readonly part: number
  readonly answers: string
} & FromThere
/** It hands over the group itself, after so many parts. */
export type ReceiveGroup = {
  readonly type: "ReceiveGroup"
  readonly parts: number
  readonly hash: string
  readonly moved: MovedGroup
  readonly heldOver: HeldOver
} & FromThere
/** What the other partition has answered. */
export type SettleGroup = {
  readonly type: "SettleGroup"
  readonly moveId: string
  readonly refused?: Pick<Refusal, "code" | "detail">
}
/** A venue's report; the command's id is its ExecID. */
export type VenueReported = {
  readonly type: "VenueReported"
  readonly account: AccountId
  readonly venue: string
  readonly report: VenueReport
}

/** What a caller sends. */
export type Request =
  | SubmitOrder
  | SubmitGroup
  | WorkGroup
  | TriggerOrder
  | RecordRoute
  | ReplaceOrder
  | CancelOrder
  | CancelAll
  | Movement
  | Transfer
  | ReceiveTransfer
  | SettleTransfer
  | MoveGroup
  | ReceiveAnswers
  | ReceiveGroup
  | SettleGroup
  | PostEntry
  | OpenAccount
  | SetLimits
  | AllotLimit
  | Halt
  | Kill
  | WatchLosses
  | WatchMargin
  | Resume
  | AdoptInstrument
  | RecordMark
  | VenueReported

/** The market as the writer saw it when it took the command. Callers never bring prices. */
export type MarketSeen = {
  readonly last?: Price
  readonly lastNo?: number
  readonly lastAt?: Time
  readonly ask?: Price
  readonly askNo?: number
  readonly askAt?: Time
}

/** A request with what the writer attached: the time, and for orders the market. */
export type Command = CommandHead & {
  readonly request: Request
  readonly at: Time
  readonly seen?: MarketSeen
  /** of a group's orders, where they are of several symbols */
  readonly seenOf?: ReadonlyMap<Symbol, MarketSeen>
  /** SHA-256 of the group that moves, as JSON */
  readonly hash?: string
}

/** FIX ClOrdID and ours are one: the command's id. */
export const clOrdIdOf = (command: CommandHead): ClOrdId => command.id as ClOrdId
