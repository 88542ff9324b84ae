import { beforeEach, describe, expect, it } from "vitest"
import type { Request, SetLimits } from "#domain/account/commands.ts"
import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Quantity } from "#domain/kernel/money.ts"
import { EPOCH, plusMicros } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { takeOverFirm } from "#services/platform/take-over-firm.ts"
import { firstCommands } from "#services/session/first-accounts.ts"
import { type AccountWriter, openAccountWriter } from "#streams/account-writer.ts"

const LATER = plusMicros(EPOCH, 60_000_000)
let log = memoryLog()
beforeEach(() => (log = memoryLog()))
let ids = 0
const opened = async (partition: number, writerId: string) => {
  const writer = await openAccountWriter({ log, partition, clock: () => EPOCH, writerId, seen: () => undefined })
  await Promise.all(firstCommands(undefined, []).map((command) => writer.submit(command)))
  return writer
}
const ask = async (writer: AccountWriter, request: Request) => {
  const reply = await writer.submit({ id: `ask-${++ids}`, actor: "somebody", request })
  if (reply.kind !== "facts") throw new Error(JSON.stringify(reply))
  return reply.events[0]!
}
const haltsOf = (writer: AccountWriter) =>
  writer.look((state) =>
    [...state.halts.values()].map(({ scope, id, symbol, mode, reason, actor }) =>
      [scope, id, symbol, mode, reason, actor].filter((part) => part !== undefined).join(" ")
    )
  )
const account = (name: string) =>
  ({
    type: "OpenAccount",
    account: name as AccountId,
    owner: name as OwnerId,
    group: name as GroupId,
    accountType: "cash",
    currency: "USDT" as Currency
  }) as const

describe("a partition that is added later", () => {
  it("begins with the halts of the firm and of symbols that hold in the others, each once", async () => {
    const [zero, one] = [await opened(0, "a"), await opened(1, "b")]
    const BTC = "BTCUSDT" as Symbol
    for (const writer of [zero, one]) await ask(writer, { type: "Halt", scope: "firm", symbol: BTC, reason: "news" })
    await ask(zero, { type: "Halt", scope: "symbol", scopeId: BTC, mode: "reduce-only", reason: "thin" })
    await ask(zero, account("alice"))
    await ask(zero, { type: "Halt", scope: "account", scopeId: "alice", reason: "her own" })
    const { data } = await ask(zero, { type: "Halt", scope: "firm", reason: "over" })
    await ask(zero, { type: "Resume", haltId: (data as { haltId: string }).haltId })

    const two = await opened(2, "c")
    await takeOverFirm(log, two)
    const taken = ["firm BTCUSDT news somebody", "symbol BTCUSDT reduce-only thin somebody"]
    expect((await haltsOf(two)).toSorted()).toEqual(taken)

    await two.stop()
    const again = await opened(2, "d")
    await takeOverFirm(log, again)
    expect((await haltsOf(again)).toSorted()).toEqual(taken)

    // one that has accounts was there when the halts came
    await ask(one, account("bob"))
    await takeOverFirm(log, one)
    expect(await haltsOf(one)).toEqual([taken[0]])
  })

  it("has the limits of the others before it serves, and no part of what is divided until it is given one", async () => {
    const [zero, one] = [await opened(0, "a"), await opened(1, "b")]
    const BTC = "BTCUSDT" as Symbol
    const set = (
      writer: AccountWriter,
      scopeId: string,
      changes: SetLimits["changes"],
      more: Partial<SetLimits> = {}
    ) =>
      ask(writer, {
        type: "SetLimits",
        scope: scopeId === BTC ? "symbol" : "firm",
        scopeId,
        changes,
        reason: "x",
        ...more
      })
    for (const writer of [zero, one]) {
      await set(writer, "firm", { maxOpenOrders: 3, maxDailyLoss: parseFixed("50") as Cash, washTrade: "block" })
      await set(writer, BTC, { maxPosition: parseFixed("2") as Quantity, shortAllowed: false })
      await set(writer, BTC, { maxPosition: null }, { effectiveFrom: LATER })
    }
    const two = await opened(2, "c")
    await takeOverFirm(log, two)
    const limits = () =>
      two.look(({ firm, symbols }) => {
        const { waiting, ...symbol } = symbols.get(BTC)!
        return [firm.limits, symbol.limits, waiting.map(({ from, limits }) => [from, limits])]
      })
    const ofSymbol = [{ maxPosition: 0n, shortAllowed: false }, [[LATER, { shortAllowed: false }]]]
    expect(await limits()).toEqual([{ maxOpenOrders: 0, washTrade: "block" }, ...ofSymbol])

    // what it was given holds at its next start
    await set(two, "firm", { maxOpenOrders: 1, maxDailyLoss: parseFixed("5") as Cash })
    const { eventNo } = two.head()
    await takeOverFirm(log, two)
    expect(await limits()).toEqual([
      { maxOpenOrders: 1, maxDailyLoss: parseFixed("5"), washTrade: "block" },
      ...ofSymbol
    ])
    expect(two.head().eventNo).toBe(eventNo)
    // and so does what one of the others was given since
    await set(zero, "firm", { maxOrderQuantity: parseFixed("1") as Quantity })
    await takeOverFirm(log, two)
    expect((await limits())[0]).toMatchObject({ maxOpenOrders: 1, maxOrderQuantity: parseFixed("1") })
  })
})
