import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"

/** One line of a double entry: `amount` of `unit` into (above 0) or out of (below 0) a ledger account. */
export type Posting = { readonly ledger: string; readonly unit: string; readonly amount: bigint }

/**
 * The double entry of an event. Each unit sums to zero: what two assets are exchanged for each other goes through the
 * conversion account, fees go to the venue's account, money comes from and goes to the outside.
 */
export const postingsOf = (event: Recorded<AccountEvent>): ReadonlyArray<Posting> => {
  const own = `account:${event.account}`
  switch (event.type) {
    case "Deposited":
      return transfer("outside", own, event.data.currency, event.data.amount)
    case "Withdrawn":
      return transfer(own, "outside", event.data.currency, event.data.amount)
    case "OrderFilled": {
      const { side, base, settlement, quantity, notional, fee, feeCurrency, venue } = event.data
      const [giver, taker] = side === "buy" ? ["conversion", own] : [own, "conversion"]
      return [
        ...transfer(giver, taker, base, quantity),
        ...transfer(taker, giver, settlement, notional),
        ...transfer(own, `fees:${venue}`, feeCurrency, fee)
      ]
    }
    default:
      return []
  }
}

const transfer = (from: string, to: string, unit: string, amount: bigint): ReadonlyArray<Posting> => [
  { ledger: from, unit, amount: -amount },
  { ledger: to, unit, amount }
]
