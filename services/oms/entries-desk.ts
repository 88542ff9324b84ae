import type { Entry, PostEntry, Transfer } from "#domain/account/entries.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { holdingOf } from "#domain/ledger/balances.ts"
import type { EntryBody, NewEntry, NewTransfer, TransferBody } from "#services/contract/entries.ts"
import { balanceBody, holdingBody } from "#services/desk/bodies.ts"
import type { Problem, Send } from "#services/desk/send.ts"
import { created, ok } from "#services/http/answer.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import type { Oms } from "./contract.ts"

type Event = Recorded<AccountEvent>
type EventOf<Type extends Event["type"]> = Extract<Event, { type: Type }>

/** Transfers, and what else is entered into an account: as deposits, a command becomes an event, and that an answer. */
export const entryRoutes = (writer: AccountWriter, send: Send): Pick<Oms, "transfer" | "postEntry"> => {
  /** What every answer says of its event and of the account as it stands. */
  const recordedBody = async (event: Event, partition: number, currency: Currency, symbols: ReadonlyArray<Symbol>) => {
    const account = event.account!
    const { reference } = event.data as { readonly reference?: string }
    const after = await writer.look((state) => {
      const own = state.accounts.get(account)!
      const positions = symbols.map((symbol) => holdingBody(symbol, holdingOf(own.balances, symbol)))
      return { balance: balanceBody(own, currency), positions }
    })
    return {
      account,
      clOrdId: event.cause,
      ...(reference !== undefined && { reference }),
      effectiveAt: event.effectiveAt,
      recordedAt: event.recordedAt,
      ...after,
      position: `${partition}:${event.eventNo}`
    }
  }

  return {
    transfer: async (account, { clOrdId, ...input }, meta) => {
      const outcome = await send(transferOf(account, input), clOrdId, meta)
      if ("problem" in outcome) return missing(outcome)
      const event = outcome.events[0] as EventOf<"TransferredOut">
      const { transferId, to, currency, amount, symbol, quantity, cost, toPartition } = event.data
      const body: TransferBody = {
        transferId,
        to,
        currency,
        ...texts({ amount }),
        ...(symbol !== undefined && { symbol, ...texts({ quantity, cost }) }),
        ...(toPartition !== undefined && { toPartition }),
        ...(await recordedBody(event, outcome.partition, currency, symbol === undefined ? [] : [symbol]))
      }
      return outcome.repeat ? ok(body) : created(body)
    },
    postEntry: async (account, { clOrdId, reference, effectiveAt, ...input }, meta) => {
      const noted = { ...(reference !== undefined && { reference }), ...(effectiveAt !== undefined && { effectiveAt }) }
      // the fields that go with a kind were checked when they were decoded
      const request: PostEntry = { type: "PostEntry", account, entry: input as Entry, ...noted }
      const outcome = await send(request, clOrdId, meta)
      if ("problem" in outcome) return missing(outcome)
      const event = outcome.events[0]!
      const { currency, symbols, ...told } = tellEntry(event)
      const body: EntryBody = {
        ...told,
        currency,
        ...(await recordedBody(event, outcome.partition, currency, symbols))
      }
      return outcome.repeat ? ok(body) : created(body)
    }
  }
}

const transferOf = (account: AccountId, input: Omit<NewTransfer, "clOrdId">): Transfer => {
  const { to, currency, amount, symbol, quantity, ...noted } = input
  const moved = (symbol === undefined ? { currency, amount } : { symbol, quantity }) as Transfer["moved"]
  return { type: "Transfer", account, to, moved, ...noted }
}

type Told = Pick<EntryBody, "kind" | "cash"> & {
  readonly currency: Currency
  readonly symbols: ReadonlyArray<Symbol>
} & Partial<Omit<EntryBody, "currency">>

/** An entry's event as the contract has it, and the symbols whose holdings it may have changed. */
const tellEntry = (event: Event): Told => {
  const kind = (name: NewEntry["kind"]) => ({ kind: name }) as const
  switch (event.type) {
    case "FeeCharged": {
      const { kind: fee, currency, amount } = event.data
      return { ...kind("fee"), currency, symbols: [], fee, ...texts({ amount }), cash: formatFixed(-amount) }
    }
    case "InterestPosted": {
      const { currency, amount } = event.data
      return { ...kind("interest"), currency, symbols: [], ...texts({ amount }), cash: formatFixed(amount) }
    }
    case "DividendPaid": {
      const { symbol, perUnit, quantity, currency, gross, taxWithheld, net } = event.data
      const amounts = texts({ perUnit, quantity, gross, taxWithheld })
      return { ...kind("dividend"), currency, symbols: [symbol], symbol, ...amounts, cash: formatFixed(net) }
    }
    case "SplitApplied": {
      const { symbol, numerator, denominator, quantityBefore, quantityAfter, price, currency, cashInLieu } = event.data
      const amounts = texts({ quantity: quantityBefore, quantityAfter, price, cost: event.data.costPaidOut })
      const terms = { symbol, numerator, denominator, ...amounts, cash: formatFixed(cashInLieu) }
      return { ...kind("split"), currency, symbols: [symbol], ...terms }
    }
    case "SymbolChanged": {
      const { symbol, newSymbol, quantity, currency, cost } = event.data
      const terms = { symbol, newSymbol, ...texts({ quantity, cost }), cash: "0" }
      return { ...kind("symbol-change"), currency, symbols: [symbol, newSymbol], ...terms }
    }
    case "PositionExpired": {
      const { symbol, quantity, price, currency, cash } = event.data
      const amounts = { ...texts({ quantity, price }), cash: formatFixed(cash) }
      return { ...kind("expiry"), currency, symbols: [symbol], symbol, ...amounts }
    }
    default:
      throw new Error(`event ${event.eventNo} (${event.type}) is no entry`)
  }
}

/** Amounts as text; what is undefined is left out. */
const texts = <K extends string>(amounts: { readonly [P in K]: bigint | undefined }): {
  readonly [P in K]?: string
} => {
  const written: Partial<Record<K, string>> = {}
  for (const key in amounts) {
    const amount = amounts[key]
    if (amount !== undefined) written[key] = formatFixed(amount)
  }
  return written
}

/** The account in the path that is not there is 404; the one that a transfer names is 422. */
const missing = (problem: Problem): Problem =>
  problem.problem.code === "UnknownAccount" && problem.problem.errors?.[0]?.field === "account"
    ? { problem: { ...problem.problem, status: 404 } }
    : problem
