import type { AccountId, ClOrdId, Currency, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Limits, LimitScope } from "#domain/risk/events.ts"
import type { OrderType, Side, TimeInForce, VenueReport } from "#domain/venue/messages.ts"

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
}
export type ReplaceOrder = {
  readonly type: "ReplaceOrder"
  readonly account: AccountId
  readonly orderId: OrderId
  readonly quantity?: Quantity
  readonly price?: Price
  readonly stopPrice?: Price
}
export type CancelOrder = { readonly type: "CancelOrder"; readonly account: AccountId; readonly orderId: OrderId }
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
  readonly accountType: "cash"
  readonly currency: Currency
}
/** Of `changes` what is left out stays and `null` clears. */
export type SetLimits = {
  readonly type: "SetLimits"
  readonly scope: LimitScope
  readonly scopeId: string
  readonly changes: { readonly [K in keyof Limits]?: Limits[K] | null }
  readonly reason: string
}
export type Halt = {
  readonly type: "Halt"
  readonly scope: LimitScope
  readonly scopeId?: string
  readonly symbol?: Symbol
  readonly reason: string
}
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
  | ReplaceOrder
  | CancelOrder
  | CancelAll
  | Movement
  | OpenAccount
  | SetLimits
  | Halt
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
export type Command = CommandHead & { readonly request: Request; readonly at: Time; readonly seen?: MarketSeen }

/** FIX ClOrdID and ours are one: the command's id. */
export const clOrdIdOf = (command: CommandHead): ClOrdId => command.id as ClOrdId
