import type { FieldFault } from "#services/http/answer.ts"

// The frames of an order entry session, one JSON document in each text frame. docs/sessions.md says how they are used.

/** An item of an `orders` frame: the body of `POST /orders`, or one of these two. */
export type ReplaceItem = {
  /** the order that is to change; what is left out stays */
  readonly replace: string
  readonly account: string
  readonly quantity?: string | number
  readonly price?: string | number
  readonly stopPrice?: string | number
  readonly displayQuantity?: string | number
  readonly origClOrdId?: string
  readonly clOrdId?: string
}
export type CancelItem = {
  readonly cancel: string
  readonly account: string
  readonly origClOrdId?: string
  readonly clOrdId?: string
}
export type OrderItem = ReplaceItem | CancelItem | Readonly<Record<string, unknown>>

/** What a client may send. The items of `orders` have the numbers `no`, `no + 1`, and so on. */
export type SessionClientFrame =
  | { readonly op: "open" }
  | { readonly op: "resume"; readonly session: string }
  | { readonly op: "orders"; readonly no: number; readonly items: ReadonlyArray<OrderItem> }
  | { readonly op: "ping" }

/** What became of one number. Each gets exactly one, and the same again when it is sent again. */
export type SessionAnswer = {
  readonly no: number
  readonly orderId?: string
  /** `PendingNew`, `Rejected`, `PendingReplace`, `PendingCancel`, ... as in `GET /orders/ID` */
  readonly status?: string
  /** why it was rejected by a rule: it is recorded, and `failed` names the checks */
  readonly reason?: string
  readonly failed?: ReadonlyArray<string>
  /** of the last event that it left; answers without one recorded nothing */
  readonly position?: string
  /** why it was refused: nothing was recorded. The codes are those of HTTP, and {@link SESSION_CODES} */
  readonly code?: string
  readonly detail?: string
  readonly errors?: ReadonlyArray<FieldFault>
}

/** What the server sends. `window` is how many numbers may be without an answer from here on. */
export type SessionServerFrame =
  | {
      readonly op: "session"
      readonly session: string
      /** the highest number that was taken */
      readonly last: number
      readonly window: number
      readonly partition: number
    }
  | { readonly op: "answers"; readonly window: number; readonly items: ReadonlyArray<SessionAnswer> }
  /** more than the window was sent: nothing more is read until answers have gone out */
  | { readonly op: "paused"; readonly window: number; readonly unanswered: number }
  /** a frame that changed nothing */
  | {
      readonly op: "error"
      readonly code: string
      readonly detail: string
      readonly errors?: ReadonlyArray<FieldFault>
    }
  | { readonly op: "pong" }

/** Answers' codes that HTTP does not have. */
export const SESSION_CODES = {
  /** at or below the high-water mark, and no such number left anything: send it under a new one if it is still wanted */
  notRecorded: "NotRecorded",
  /** at or below the high-water mark, and what it left may have been forgotten: look at the orders */
  tooOld: "CommandTooOld",
  /** it may have been recorded: send the same number again */
  outcomeUnknown: "OutcomeUnknown"
} as const

/** Most bytes of a frame, and most orders in it. */
export const SESSION_FRAME_BYTES_MAX = 1_048_576
export const SESSION_ITEMS_MAX = 4096
/** Numbers are whole, from 1 to this. */
export const SESSION_NO_MAX = 999_999_999_999_999
