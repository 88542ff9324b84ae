import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { MarketSeen } from "#domain/account/commands.ts"
import { accountDecider } from "#domain/account/decider.ts"
import type { AccountId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryCommands } from "#infra/memory/command-port.ts"
import { openAccountWriter, type Submission } from "#streams/account-writer.ts"
import { decodeReply, encodeCommand } from "#streams/command-codec.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { LogUnavailable, type EventLog } from "#streams/ports/event-log.ts"
import { OutcomeUnknown } from "#streams/ports/command-port.ts"
import { serveCommands } from "#streams/serve-commands.ts"
import { Generator } from "#services/simulation/generate.ts"
import { stateText } from "#tests/domain/account/state-text.ts"
import { amount, market, MORNING, order, recorded, Story } from "#tests/domain/account/story.ts"
import { keptIn, troubledLog } from "./tally.ts"

const A = "A" as AccountId
const by = (id: string, request: Submission["request"], more: Partial<Submission> = {}): Submission => ({
  id,
  actor: "test",
  request,
  ...more
})

/** A writer over a log that holds the accounts of a story. */
const begun = async (
  seen: (symbol: Symbol) => MarketSeen | undefined = () => market("100", "100"),
  log: EventLog = memoryLog()
) => {
  const writer = await openAccountWriter({ log, partition: 0, clock: () => MORNING, writerId: "w1", seen })
  const setUp = Story.begun()
  for (const text of setUp.bytes) {
    const { cause, type, data, account } = JSON.parse(text)
    const event = ledgerCodec.decode(JSON.parse(text))
    if (type === "InstrumentAdopted")
      await writer.submit(by(cause, { type: "AdoptInstrument", instrument: event.data as never }))
    if (type === "AccountOpened") await writer.submit(by(cause, { type: "OpenAccount", ...data }))
    if (type === "Deposited")
      await writer.submit(by(cause, { type: "Deposit", account, currency: data.currency, amount: amount(data.amount) }))
  }
  return { log, writer }
}
const eventsIn = async (log: EventLog) => (await keptIn(log)).flatMap(({ events }) => events)

describe("the writer of a partition of accounts", () => {
  it("attaches the market to orders and their changes, and to nothing else", async () => {
    const asked: Array<string> = []
    const { writer } = await begun((symbol) => {
      asked.push(symbol)
      return market("101", "102")
    })
    const placed = await writer.submit(by("1", order({ price: "100" })))
    expect(asked).toEqual(["BTCUSDT"])
    if (placed.kind !== "facts") throw new Error(placed.kind)
    expect(placed.events[1]!.data).toMatchObject({
      price: amount("101"),
      priceSource: "last",
      priceMdNo: 7,
      priceAgeMicros: 250
    })
    const { orderId } = placed.events[1]!.data as { orderId: OrderId }
    await writer.submit(by("2", { type: "ReplaceOrder", account: A, orderId, quantity: amount("2") }))
    expect(asked).toEqual(["BTCUSDT", "BTCUSDT"])
    await writer.submit(by("3", { type: "CancelOrder", account: A, orderId }))
    await writer.submit(
      by("4", { type: "ReplaceOrder", account: A, orderId: "0-999" as OrderId, quantity: amount("2") })
    )
    expect(asked).toHaveLength(2)
  })

  it("decides without a price while the market says nothing", async () => {
    const { writer } = await begun(() => undefined)
    const answer = await writer.submit(by("1", order({ price: "100" })))
    if (answer.kind !== "facts") throw new Error(answer.kind)
    expect(answer.events[1]!.data).toMatchObject({ decision: "denied" })
    expect(answer.events[1]!.data).not.toHaveProperty("price")
  })

  it("records an order and its risk decision in one commit, tied together by the order's id", async () => {
    const { writer, log } = await begun()
    const before = await keptIn(log)
    await writer.submit(by("mine", order({ price: "100" }), { actor: "strategy:demo", trace: "t-1" }))
    const after = (await keptIn(log)).slice(before.length)
    expect(after).toHaveLength(1)
    const eventNo = before.flatMap(({ events }) => events).length + 1
    const head = {
      v: expect.any(Number),
      actor: "strategy:demo",
      cause: "mine",
      correlation: `0-${eventNo}`,
      trace: "t-1",
      account: "A"
    }
    expect(after[0]!.events).toMatchObject([
      { eventNo, type: "OrderPlaced", ...head, recordedAt: MORNING, effectiveAt: MORNING },
      { eventNo: eventNo + 1, type: "OrderRiskDecided", ...head }
    ])
  })

  it("ties everything else to its command", async () => {
    const { writer, log } = await begun()
    await writer.submit(by("all", { type: "CancelAll", account: A }))
    await writer.submit(by("halt", { type: "Halt", scope: "firm", reason: "test" }))
    expect((await eventsIn(log)).slice(-2)).toMatchObject([
      { type: "CancelAllRequested", cause: "all", correlation: "all" },
      { type: "TradingHalted", cause: "halt", correlation: "halt" }
    ])
  })

  it("answers a repeat by the events of the first time, in the same burst, later, and after a restart", async () => {
    const { writer, log } = await begun()
    const command = by("mine", order({ price: "100" }))
    const [first, second] = await Promise.all([writer.submit(command), writer.submit(command)])
    if (first.kind !== "facts") throw new Error(first.kind)
    const numbers = { first: first.events[0]!.eventNo, last: first.events[1]!.eventNo }
    expect(second).toEqual({ kind: "repeat", ...numbers })
    await writer.submit(by("other", order({ price: "99" })))
    await writer.stop()
    const next = await openAccountWriter({
      log,
      partition: 0,
      clock: () => MORNING,
      writerId: "w2",
      seen: () => undefined
    })
    expect(await next.submit(command)).toEqual({ kind: "repeat", ...numbers })
    expect(await eventsBetween(log, ledgerCodec, 0, numbers.first, numbers.last)).toEqual(first.events)
    expect(await next.submit(by("mine", order({ price: "98" })))).toMatchObject({
      kind: "refused",
      refusal: { code: "ClOrdIdReused" }
    })
  })

  it("never goes back in recorded time, though the machine's clock does", async () => {
    const log = memoryLog()
    let clock = MORNING
    const open = (writerId: string) =>
      openAccountWriter({ log, partition: 0, clock: () => clock, writerId, seen: () => undefined })
    const halt = { type: "Halt", scope: "firm", reason: "test" } as const
    const first = await open("w1")
    await first.submit(by("1", halt))
    clock = plusMicros(MORNING, -60_000_000)
    await first.submit(by("2", halt))
    await (await open("w2")).submit(by("3", halt))
    expect((await eventsIn(log)).map((event) => event["recordedAt"])).toEqual([MORNING, MORNING, MORNING])
  })

  it("has the same state after a restart", async () => {
    const { writer, log } = await begun()
    for (const price of ["100", "99", "500", "100.25"]) await writer.submit(by(price, order({ price })))
    const text = await writer.look(stateText)
    const next = await openAccountWriter({
      log,
      partition: 0,
      clock: () => MORNING,
      writerId: "w2",
      seen: () => undefined
    })
    expect(await next.look(stateText)).toBe(text)
  })

  it("records the same events however the commands of a story come together", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
        async (seed, sizes) => {
          const story = told(seed, 250)
          const write = async (burst: (i: number) => number, mostPerCommit: number) => {
            const log = memoryLog()
            let decided = 0
            const clock = () => story[decided++]!.at
            const writer = await openAccountWriter({
              log,
              partition: 0,
              clock,
              writerId: "w",
              seen: () => story[decided - 1]!.seen,
              mostPerCommit
            })
            for (let from = 0, i = 0; from < story.length; from += burst(i++)) {
              await Promise.all(story.slice(from, from + burst(i)).map((command) => writer.submit(command)))
            }
            return eventsIn(log)
          }
          const alone = await write(() => 1, 1)
          expect(await write((i) => sizes[i % sizes.length]!, 17)).toEqual(alone)
        }
      ),
      { numRuns: 12 }
    )
  })
})

/** The commands of a generated story. */
const told = (seed: number, steps: number) => {
  const [generator, decider] = [new Generator(seed), accountDecider(0)]
  let state = decider.initial()
  return Array.from({ length: steps }, () => {
    const command = generator.next(state)
    const decision = decider.decide(command, state)
    for (const fact of Result.isSuccess(decision) ? decision.success : []) {
      state = decider.evolve(state, recorded(fact, command, state.eventNo + 1))
    }
    return command
  })
}

describe("a writer that serves programs elsewhere", () => {
  const served = async (log?: EventLog) => {
    const { writer } = await begun(undefined, log)
    const port = memoryCommands()
    const stop = await serveCommands(port, writer)
    const ask = async (payload: Uint8Array) => decodeReply(await port.request(0, "order", payload, { timeoutMs: 1000 }))
    return { writer, stop, ask }
  }

  it("answers each as it was decided", async () => {
    const { ask, stop } = await served()
    const approved = await ask(encodeCommand(by("1", order({ price: "100" }))))
    expect(approved).toMatchObject({ kind: "facts", status: "PendingNew" })
    const { first } = approved as { first: number }
    expect(approved).toMatchObject({ last: first + 1, orderId: `0-${first}` })
    expect(await ask(encodeCommand(by("1", order({ price: "100" }))))).toEqual({
      kind: "repeat",
      first,
      last: first + 1
    })
    expect(await ask(encodeCommand(by("2", order({ price: "500" }))))).toMatchObject({
      kind: "facts",
      status: "Rejected"
    })
    expect(await ask(encodeCommand(by("3", order({ symbol: "NONE", price: "1" }))))).toMatchObject({
      refusal: { code: "UnknownSymbol" }
    })
    expect(await ask(Buffer.from("{"))).toMatchObject({ kind: "refused", refusal: { code: "Malformed" } })
    await stop()
  })

  it("says that nothing was recorded only when that is so", async () => {
    const { log, appends } = troubledLog()
    const { ask, writer } = await served(log)
    const fails = (error: Error) => async () => {
      throw error
    }
    appends.push(fails(new LogUnavailable("no space")))
    expect(await ask(encodeCommand(by("1", order({ price: "100" }))))).toEqual({
      kind: "unavailable",
      reason: "no space"
    })
    appends.push(fails(new Error("the disk says nothing")))
    await expect(ask(encodeCommand(by("1", order({ price: "100" }))))).rejects.toBeInstanceOf(OutcomeUnknown)
    await writer.ended
  })
})
