// Faults in what happens to accounts besides orders, in margins, and in what monitors do.
import type { AccountEvent } from "#domain/account/events.ts"
import { Checks } from "#domain/risk/check-text.ts"
import { deciding, folding, misreading, telling, type Decider, type Of } from "./faults.ts"

const passes = (code: string): Decider =>
  telling("OrderRiskDecided", ({ checks }) => {
    const passed = checks.text.replace(`${code} no`, `${code} ok`)
    return { checks: Checks.written(passed), decision: passed.includes(" no") ? "denied" : "approved" }
  })
const withoutType = (asked: string, type: AccountEvent["type"]): Decider =>
  deciding((facts, { request }) => (request.type === asked ? facts.filter((fact) => fact.type !== type) : facts))

export const ENTRY_FAULTS: Readonly<Record<string, Decider>> = {
  "a fee is paid to the account": misreading("FeeCharged", ({ amount }) => ({ amount: -amount })),
  "interest is paid to the wrong side": telling("InterestPosted", ({ amount }) => ({ amount: -amount })),
  "what an account earns is no result of its group": folding(["InterestPosted"], ({ account }, event) => {
    const { amount } = (event as Of<"InterestPosted">).data
    account.group.risk.worth.result -= amount
    account.group.risk.worth.equity -= amount
  }),
  "a dividend is paid before tax": telling("DividendPaid", ({ gross }) => ({ net: gross })),
  "a dividend is paid for what was not held": telling("DividendPaid", ({ quantity, gross, net }) => ({
    quantity: 2n * quantity,
    gross: 2n * gross,
    net: 2n * net
  })),
  "a split keeps the old units": misreading("SplitApplied", ({ quantityBefore }) => ({
    quantityAfter: quantityBefore
  })),
  "a split pays nothing for the rest": telling("SplitApplied", () => ({ cashInLieu: 0n })),
  "a symbol change takes half of the units": telling("SymbolChanged", ({ quantity }) => ({ quantity: quantity / 2n })),
  "an expiry leaves the units": misreading("PositionExpired", () => ({ quantity: 0n })),
  "an expiry pays nothing": telling("PositionExpired", () => ({ cash: 0n })),
  "money that is transferred does not arrive": misreading("TransferredIn", ({ amount }) =>
    amount === undefined ? {} : { amount: 0n }
  ),
  "a loss halt stops all trading": deciding((facts, { request }) =>
    request.type === "WatchLosses"
      ? facts.map((fact) =>
          fact.type === "TradingHalted" ? ({ ...fact, data: { ...fact.data, mode: "all" } } as AccountEvent) : fact
        )
      : facts
  ),
  "a loss halts nobody": withoutType("WatchLosses", "TradingHalted"),
  "in a reduce-only halt everything passes": deciding((facts, _, { halts }) =>
    [...halts.values()].every(({ mode }) => mode === "reduce-only")
      ? facts.map((fact) => {
          if (fact.type !== "OrderRiskDecided") return fact
          const text = fact.data.checks.text.replace("HALTED no", "HALTED ok")
          const decision = text.includes(" no") ? ("denied" as const) : ("approved" as const)
          return { ...fact, data: { ...fact.data, checks: Checks.written(text), decision } }
        })
      : facts
  ),
  "a kill leaves what no venue has": withoutType("Kill", "HeldOrderCanceled"),
  "a held order is not what its replace made of it": misreading("HeldOrderReplaced", () => ({
    quantity: undefined,
    price: undefined,
    stopPrice: undefined
  })),
  "a kill halts and cancels nothing": withoutType("Kill", "CancelRequested"),
  "more is allotted than was asked": telling("LimitAllotted", ({ amount }) => ({ amount: amount * 50n })),
  "a short sale needs no permission": passes("SHORT_SALE"),
  "a short sale needs nobody who lends": passes("LOCATE"),
  "a margin account buys what it likes": passes("BUYING_POWER"),
  "open orders need no margin": folding(["OrderRiskDecided"], ({ account }) => {
    if (account.margin !== undefined) account.margin.opening = 0n
  }),
  "a fill moves no margin": folding(["OrderFilled"], ({ account }) => {
    if (account.margin !== undefined) account.margin.initial = 0n
  }),
  "a margin call is not made": withoutType("WatchMargin", "MarginCalled"),
  "a called account keeps its orders": withoutType("WatchMargin", "CancelRequested"),
  "a margin call tells another equity": telling("MarginCalled", ({ equity }) => ({ equity: equity + 1n })),
  "who lost too much since the morning may go on": passes("DAILY_LOSS"),
  "who lost too much since his best may go on": passes("DRAWDOWN")
}
