import type { AccountEvent } from "#domain/account/events.ts"
import type { MovedAccount } from "#domain/account/move-events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { bookedBy, type Booked } from "#domain/orders/booked.ts"
import { entryPostings } from "./entry-postings.ts"
import { transfer, type Posting } from "./posting.ts"

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
    case "OrderFilled":
    case "ExecutionBusted":
    case "ExecutionCorrected":
      return bookedBy(event).flatMap((execution) => executionPostings(own, execution))
    case "TransferredOut":
    case "TransferredIn":
    case "TransferReturned":
    case "FeeCharged":
    case "InterestPosted":
    case "DividendPaid":
    case "SplitApplied":
    case "SymbolChanged":
    case "PositionExpired":
      return entryPostings(own, event)
    case "GroupMovedOut":
      return event.data.moved.accounts.flatMap((account) => movedPostings(account, -1n))
    case "GroupMovedIn":
    case "GroupReturned":
      return event.data.moved.accounts.flatMap((account) => movedPostings(account, 1n))
    default:
      return []
  }
}

/** All that an account has is in transit while its group moves. */
const movedPostings = ({ account, cash, holdings }: MovedAccount, sign: 1n | -1n): ReadonlyArray<Posting> =>
  [
    ...cash.map(({ currency, total }) => [currency, parseFixed(total)] as const),
    ...holdings.map(({ base, quantity }) => [base, parseFixed(quantity)] as const)
  ].flatMap(([unit, amount]) =>
    amount === 0n ? [] : transfer("in-transit", `account:${account}`, unit, sign * amount)
  )

const executionPostings = (own: string, execution: Booked): ReadonlyArray<Posting> => {
  const { side, base, settlement, quantity, notional, fee, feeCurrency, venue, undone } = execution
  const [giver, taker] = (side === "buy") !== undone ? ["conversion", own] : [own, "conversion"]
  const fees = `fees:${venue}`
  return [
    ...transfer(giver, taker, base, quantity),
    ...transfer(taker, giver, settlement, notional),
    ...(undone ? transfer(fees, own, feeCurrency, fee) : transfer(own, fees, feeCurrency, fee))
  ]
}
