import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import type { AccountBody } from "#services/contract/accounts.ts"
import { ok } from "#services/http/answer.ts"
import type { Oms } from "#services/oms/contract.ts"
import type { PartitionRouter } from "./partition-router.ts"

const PAGE = 100

/** The routes of oms over the partitions that this process writes; of the others it says that they are not here. */
export const routedOms = (router: PartitionRouter): Oms => ({
  openAccount: (input, meta) => {
    const { account, owner, group = owner as string as GroupId, partition } = input
    return router.onNewAccount(account, group, partition, ({ oms }) => oms.openAccount(input, meta))
  },
  account: (id, query, meta) => router.onAccount(id, true, ({ oms }) => oms.account(id, query, meta)),
  deposit: (id, input, meta) => router.onAccount(id, false, ({ oms }) => oms.deposit(id, input, meta)),
  withdraw: (id, input, meta) => router.onAccount(id, false, ({ oms }) => oms.withdraw(id, input, meta)),
  transfer: (id, input, meta) => router.onAccount(id, false, ({ oms }) => oms.transfer(id, input, meta)),
  postEntry: (id, input, meta) => router.onAccount(id, false, ({ oms }) => oms.postEntry(id, input, meta)),
  submit: (input, meta) => router.onAccount(input.account, false, ({ oms }) => oms.submit(input, meta)),
  submitGroup: (input, meta) => router.onAccount(input.account, false, ({ oms }) => oms.submitGroup(input, meta)),
  cancelAll: (input, meta) => router.onAccount(input.account, false, ({ oms }) => oms.cancelAll(input, meta)),
  order: (id, query, meta) => router.onId(id, true, ({ oms }) => oms.order(id, query, meta)),
  replace: (id, input, meta) => router.onId(id, false, ({ oms }) => oms.replace(id, input, meta)),
  cancel: (id, input, meta) => router.onId(id, false, ({ oms }) => oms.cancel(id, input, meta)),
  accounts: async (query, meta) => {
    const items: Array<AccountBody> = []
    let isMore = false
    for (const partition of await router.partitions()) {
      const page = await router.on(partition, true, ({ oms }) => oms.accounts(query, meta))
      if ("problem" in page) return page
      items.push(...page.body.items)
      isMore ||= page.body.next !== undefined
    }
    const { limit = PAGE } = query
    const page = items.toSorted((a, b) => (a.account < b.account ? -1 : 1)).slice(0, limit)
    isMore ||= items.length > page.length
    return ok({ items: page, ...(isMore && { next: page.at(-1)!.account }) })
  },
  orders: (query, meta) => {
    const { account } = query
    return account === undefined
      ? router.onOnly(true, "account", "orders of several partitions are listed by account", ({ oms }) =>
          oms.orders(query, meta)
        )
      : router.onAccount(account as AccountId, true, ({ oms }) => oms.orders(query, meta))
  }
})
