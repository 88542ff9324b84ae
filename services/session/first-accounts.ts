import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash } from "#domain/kernel/money.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import type { Submission } from "#streams/account-writer.ts"

const CURRENCY = "USDT" as Currency
const START_CASH = parseFixed("1000000") as Cash
export const DEMO_ACCOUNT = "demo" as AccountId
export const TEST_ACCOUNT = "test_account" as AccountId

/**
 * What is there at the first start: instruments, and accounts with money to trade. Sent at every start; what is there
 * already is answered as a repeat.
 */
export const firstCommands = (
  symbols?: ReadonlyArray<Symbol>,
  accounts: ReadonlyArray<AccountId> = [TEST_ACCOUNT, DEMO_ACCOUNT]
): ReadonlyArray<Submission> => {
  const chosen = defaultInstruments.filter(({ symbol }) => symbols === undefined || symbols.includes(symbol))
  const by = (id: string, request: Submission["request"]): Submission => ({ id, actor: "system:start", request })
  return [
    ...chosen.map((instrument) =>
      by(`instrument-${instrument.symbol}-${instrument.version}`, { type: "AdoptInstrument", instrument })
    ),
    ...accounts.map((account) => {
      const owner = account as string as OwnerId
      const terms = {
        account,
        owner,
        group: owner as string as GroupId,
        accountType: "cash",
        currency: CURRENCY
      } as const
      return by(`open-${account}`, { type: "OpenAccount", ...terms })
    })
  ]
}

/** The first deposit, for accounts that the start has just opened: repeated, it would not be remembered for ever. */
export const firstDeposit = (account: AccountId): Submission => ({
  id: `first-deposit-${account}`,
  actor: "system:start",
  request: { type: "Deposit", account, currency: CURRENCY, amount: START_CASH, reference: "first deposit" }
})
