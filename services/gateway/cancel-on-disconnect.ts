import type { AccountId } from "#domain/kernel/ids.ts"
import type { ServerFrame } from "#services/contract/live.ts"
import { errorFrame } from "./frames.ts"

/** What the gateway asks of whoever has the accounts. */
export type CancelOnDisconnect = {
  readonly knows: (account: AccountId) => Promise<boolean>
  /** Asks for every open order of the account to be cancelled. */
  readonly cancelAll: (account: AccountId) => Promise<void> | void
}

/**
 * Accounts whose open orders are not to outlive this connection. An account that is not known is covered until that is
 * found out: whoever asks and leaves at once has been heard. What fails when a client has gone can be told to nobody.
 */
export const cancelOnDisconnect = (
  { knows, cancelAll }: CancelOnDisconnect,
  answer: (frame: ServerFrame) => void
): { readonly set: (account: AccountId, on: boolean) => Promise<void>; readonly end: () => void } => {
  const covered = new Set<AccountId>()
  return {
    set: async (account, on) => {
      if (on) covered.add(account)
      else covered.delete(account)
      if (!on || (await knows(account).catch(() => true))) return answer({ op: "cancelOnDisconnect", account, on })
      covered.delete(account)
      answer(errorFrame("UnknownAccount", `there is no account ${account}`))
    },
    end: () => {
      for (const account of covered) void Promise.resolve(cancelAll(account)).catch(() => {})
      covered.clear()
    }
  }
}
