import { Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { MoveCash, OpenAccount } from "#services/contract/accounts.ts"
import { NewEntry, NewTransfer } from "#services/contract/entries.ts"
import { CancelAll, NewGroup, ReplaceOrder } from "#services/contract/orders.ts"
import { decoder } from "#services/http/decode.ts"
import { answer, answerBody } from "#services/http/handle.ts"
import { type Mount, mount } from "#services/http/mount.ts"
import { OmsApi } from "./api.ts"
import type { Oms } from "./contract.ts"
import { decodeNewOrder } from "./order-entry/plain-order.ts"

const decodeOpenAccount = decoder(OpenAccount)
const decodeMoveCash = decoder(MoveCash)
const decodeNewTransfer = decoder(NewTransfer)
const decodeNewEntry = decoder(NewEntry)
const decodeNewGroup = decoder(NewGroup)
const decodeReplaceOrder = decoder(ReplaceOrder)
const decodeCancelAll = decoder(CancelAll)

const accounts = (api: typeof OmsApi, oms: Oms) =>
  HttpApiBuilder.group(api, "accounts", (handlers) =>
    handlers
      .handleRaw("open", ({ request }) => answerBody(request, decodeOpenAccount, oms.openAccount))
      .handleRaw("deposit", ({ params, request }) =>
        answerBody(request, decodeMoveCash, (input, meta) => oms.deposit(params.account, input, meta))
      )
      .handleRaw("withdraw", ({ params, request }) =>
        answerBody(request, decodeMoveCash, (input, meta) => oms.withdraw(params.account, input, meta))
      )
      .handleRaw("transfer", ({ params, request }) =>
        answerBody(request, decodeNewTransfer, (input, meta) => oms.transfer(params.account, input, meta))
      )
      .handleRaw("postEntry", ({ params, request }) =>
        answerBody(request, decodeNewEntry, (input, meta) => oms.postEntry(params.account, input, meta))
      )
      .handle("list", ({ query, request }) => answer(request, (meta) => oms.accounts(query, meta)))
      .handle("one", ({ params, query, request }) =>
        answer(request, (meta) => oms.account(params.account, query, meta))
      )
  )

const orders = (api: typeof OmsApi, oms: Oms) =>
  HttpApiBuilder.group(api, "orders", (handlers) =>
    handlers
      .handleRaw("submit", ({ request }) => answerBody(request, decodeNewOrder, oms.submit))
      .handleRaw("submitGroup", ({ request }) => answerBody(request, decodeNewGroup, oms.submitGroup))
      .handleRaw("replace", ({ params, request }) =>
        answerBody(request, decodeReplaceOrder, (input, meta) => oms.replace(params.id, input, meta))
      )
      .handleRaw("cancelAll", ({ request }) => answerBody(request, decodeCancelAll, oms.cancelAll))
      .handle("cancel", ({ params, query, request }) => answer(request, (meta) => oms.cancel(params.id, query, meta)))
      .handle("list", ({ query, request }) => answer(request, (meta) => oms.orders(query, meta)))
      .handle("one", ({ params, query, request }) => answer(request, (meta) => oms.order(params.id, query, meta)))
  )

/** The routes of oms, answered by `oms`; below `prefix` when another service shows them too. */
export const omsRoutes = (oms: Oms, prefix?: `/${string}`): Mount => {
  const api = prefix === undefined ? OmsApi : (OmsApi.prefix(prefix) as unknown as typeof OmsApi)
  return mount(api, Layer.merge(accounts(api, oms), orders(api, oms)))
}
