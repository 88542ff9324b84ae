import type { AccountId, OrderId } from "#domain/kernel/ids.ts"
import type { AccountBody, CashMoveBody, MoveCash, OpenAccount } from "#services/contract/accounts.ts"
import type { EntryBody, NewEntry, NewTransfer, TransferBody } from "#services/contract/entries.ts"
import type { Page, PageQuery, ReadQuery } from "#services/contract/fields.ts"
import type {
  CancelAll,
  CancelAllBody,
  CancelOrder,
  GroupBody,
  NewGroup,
  NewOrder,
  OrderBody,
  OrderQuery,
  ReplaceOrder
} from "#services/contract/orders.ts"
import type { Answer, Meta } from "#services/http/answer.ts"

/**
 * What the routes of oms ask for. Inputs are decoded (scaled integers, well-formed ids, the fields that go together);
 * whether they are allowed is decided behind this. Reads wait for `atLeast`, and for all that is
 * recorded where they are about orders that are no longer open; they answer 503 `NotReached` after 5 s.
 */
export type Oms = {
  readonly openAccount: (input: OpenAccount, meta: Meta) => Promise<Answer<AccountBody>>
  readonly accounts: (query: PageQuery, meta: Meta) => Promise<Answer<Page<AccountBody>>>
  readonly account: (account: AccountId, query: ReadQuery, meta: Meta) => Promise<Answer<AccountBody>>
  readonly deposit: (account: AccountId, input: MoveCash, meta: Meta) => Promise<Answer<CashMoveBody>>
  readonly withdraw: (account: AccountId, input: MoveCash, meta: Meta) => Promise<Answer<CashMoveBody>>
  /** To another account, here or in another partition: money, or units with what they cost. */
  readonly transfer: (account: AccountId, input: NewTransfer, meta: Meta) => Promise<Answer<TransferBody>>
  /** Fees, interest, dividends, splits, changes of symbol, expiries. */
  readonly postEntry: (account: AccountId, input: NewEntry, meta: Meta) => Promise<Answer<EntryBody>>
  /** 201 the first time, also when it was rejected; 200 for a repeat with the same content. */
  readonly submit: (input: NewOrder, meta: Meta) => Promise<Answer<OrderBody>>
  /** As `submit`, of orders that hang together: all of them in one commit. */
  readonly submitGroup: (input: NewGroup, meta: Meta) => Promise<Answer<GroupBody>>
  readonly order: (id: OrderId, query: ReadQuery, meta: Meta) => Promise<Answer<OrderBody>>
  readonly orders: (query: OrderQuery, meta: Meta) => Promise<Answer<Page<OrderBody>>>
  readonly replace: (id: OrderId, input: ReplaceOrder, meta: Meta) => Promise<Answer<OrderBody>>
  readonly cancel: (id: OrderId, input: CancelOrder, meta: Meta) => Promise<Answer<OrderBody>>
  readonly cancelAll: (input: CancelAll, meta: Meta) => Promise<Answer<CancelAllBody>>
}
