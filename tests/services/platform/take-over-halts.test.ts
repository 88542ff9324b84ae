import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { EPOCH } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { takeOverHalts } from "#services/platform/take-over-halts.ts"
import { firstCommands } from "#services/session/first-accounts.ts"
import { type AccountWriter, openAccountWriter } from "#streams/account-writer.ts"

const log = memoryLog()
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
    await takeOverHalts(log, two)
    const taken = ["firm BTCUSDT news somebody", "symbol BTCUSDT reduce-only thin somebody"]
    expect((await haltsOf(two)).toSorted()).toEqual(taken)

    await two.stop()
    const again = await opened(2, "d")
    await takeOverHalts(log, again)
    expect((await haltsOf(again)).toSorted()).toEqual(taken)

    // one that has accounts was there when the halts came
    await ask(one, account("bob"))
    await takeOverHalts(log, one)
    expect(await haltsOf(one)).toEqual([taken[0]])
  })
})
