import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { AccountId, ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { AccountBody, AccountPage, CashMoveBody, MoveCash, OpenAccount } from "#services/contract/accounts.ts"
import { EntryBody, NewEntry, NewTransfer, TransferBody } from "#services/contract/entries.ts"
import { pageFields, readFields } from "#services/contract/fields.ts"
import {
  CancelAll,
  CancelAllBody,
  GroupBody,
  NewGroup,
  NewOrder,
  OrderBody,
  OrderPage,
  orderQueryFields,
  ReplaceOrder
} from "#services/contract/orders.ts"
import { contractApi } from "#services/http/mount.ts"
import { COMMAND_PROBLEMS, READ_PROBLEMS } from "#services/http/problem.ts"

const created = HttpApiSchema.status(201)
const repeated = HttpApiSchema.status(200)
const account = { account: AccountId }
const id = { id: OrderId }

class Accounts extends HttpApiGroup.make("accounts").add(
  HttpApiEndpoint.post("open", "/accounts", {
    payload: OpenAccount,
    success: [AccountBody.pipe(created), AccountBody.pipe(repeated)],
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.get("list", "/accounts", { query: pageFields, success: AccountPage, error: READ_PROBLEMS }),
  HttpApiEndpoint.get("one", "/accounts/:account", {
    params: account,
    query: readFields,
    success: AccountBody,
    error: READ_PROBLEMS
  }),
  HttpApiEndpoint.post("deposit", "/accounts/:account/deposits", {
    params: account,
    payload: MoveCash,
    success: [CashMoveBody.pipe(created), CashMoveBody.pipe(repeated)],
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.post("withdraw", "/accounts/:account/withdrawals", {
    params: account,
    payload: MoveCash,
    success: [CashMoveBody.pipe(created), CashMoveBody.pipe(repeated)],
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.post("transfer", "/accounts/:account/transfers", {
    params: account,
    payload: NewTransfer,
    success: [TransferBody.pipe(created), TransferBody.pipe(repeated)],
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.post("postEntry", "/accounts/:account/entries", {
    params: account,
    payload: NewEntry,
    success: [EntryBody.pipe(created), EntryBody.pipe(repeated)],
    error: COMMAND_PROBLEMS
  })
) {}

class Orders extends HttpApiGroup.make("orders").add(
  HttpApiEndpoint.post("submit", "/orders", {
    payload: NewOrder,
    success: [OrderBody.pipe(created), OrderBody.pipe(repeated)],
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.post("submitGroup", "/orders/groups", {
    payload: NewGroup,
    success: [GroupBody.pipe(created), GroupBody.pipe(repeated)],
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.get("list", "/orders", { query: orderQueryFields, success: OrderPage, error: READ_PROBLEMS }),
  HttpApiEndpoint.get("one", "/orders/:id", {
    params: id,
    query: readFields,
    success: OrderBody,
    error: READ_PROBLEMS
  }),
  HttpApiEndpoint.patch("replace", "/orders/:id", {
    params: id,
    payload: ReplaceOrder,
    success: OrderBody,
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.delete("cancel", "/orders/:id", {
    params: id,
    query: { clOrdId: Schema.optionalKey(ClOrdId) },
    success: OrderBody,
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.post("cancelAll", "/orders/cancel-all", {
    payload: CancelAll,
    success: CancelAllBody,
    error: COMMAND_PROBLEMS
  })
) {}

/** The routes of oms. */
export class OmsApi extends contractApi(HttpApi.make("oms").add(Accounts).add(Orders)) {}
