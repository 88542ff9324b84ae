import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { OrderId } from "#domain/kernel/ids.ts"
import {
  decodeCommand,
  decodeReply,
  encodeCommand,
  encodeReply,
  replyOf,
  type CommandReply
} from "#streams/command-codec.ts"
import type { Submission } from "#streams/account-writer.ts"
import { Story } from "#tests/domain/account/story.ts"
import { id, time } from "./stored-events.ts"

const amount = fc.bigInt(-(10n ** 26n) + 1n, 10n ** 26n - 1n)
const symbol = fc.constantFrom("BTCUSDT", "BRK.B")
const account = id
const record = (required: object, optional: object) =>
  fc.record({ ...required, ...optional } as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: Object.keys(required)
  })
const movement = { account, currency: fc.constantFrom("USDT", "EUR"), amount }
const details = { reference: fc.constantFrom("bank 7", "źdźbło"), effectiveAt: time }
const money = fc.record({ currency: fc.constantFrom("USDT", "EUR"), amount })
const units = fc.record({ symbol, quantity: amount })
const of = (kind: string, required: object, optional: object = {}) =>
  record({ kind: fc.constant(kind), ...required }, optional)
const ratio = { numerator: fc.integer(), denominator: fc.integer() }
const entry = fc.oneof(
  of("fee", { currency: fc.constant("USDT"), amount, fee: fc.constant("custody") }),
  of("interest", { currency: fc.constant("USDT"), amount }),
  of("dividend", { symbol, perUnit: amount }, { quantity: amount, taxWithheld: amount }),
  of("split", { symbol, ...ratio }, { fractions: fc.constantFrom("keep", "cash"), price: amount }),
  of("symbol-change", { symbol, newSymbol: symbol }),
  of("expiry", { symbol, price: amount })
)
const request = fc.oneof(
  record(
    {
      type: fc.constant("SubmitOrder"),
      account,
      symbol,
      side: fc.constantFrom("buy", "sell"),
      orderType: fc.constantFrom("market", "limit", "stop", "stop-limit"),
      timeInForce: fc.constantFrom("GTC", "DAY", "IOC", "FOK", "GTD"),
      quantity: amount
    },
    { price: amount, stopPrice: amount, expireAt: time }
  ),
  record(
    { type: fc.constant("ReplaceOrder"), account, orderId: id },
    { quantity: amount, price: amount, stopPrice: amount }
  ),
  record({ type: fc.constant("CancelOrder"), account, orderId: id }, {}),
  record({ type: fc.constant("CancelAll"), account }, { symbol }),
  record({ type: fc.constantFrom("Deposit", "Withdraw"), ...movement }, details),
  record({ type: fc.constant("Transfer"), account, to: id, moved: fc.oneof(money, units) }, details),
  record({ type: fc.constant("PostEntry"), account, entry }, details),
  record(
    {
      type: fc.constant("ReceiveTransfer"),
      to: id,
      from: id,
      fromPartition: fc.nat(9),
      transitNo: fc.nat(),
      effectiveAt: time,
      carried: record(
        { transferId: fc.constant("0-7"), currency: fc.constant("USDT") },
        { amount, symbol, base: fc.constant("BTC"), multiplier: amount, quantity: amount, cost: amount }
      )
    },
    { mark: amount }
  ),
  record(
    {
      type: fc.constant("OpenAccount"),
      account,
      owner: id,
      group: id,
      accountType: fc.constant("cash"),
      currency: fc.constant("USDT")
    },
    {}
  )
)
const command = record(
  { id, actor: fc.constantFrom("api", "strategy:demo"), request },
  { trace: fc.string({ maxLength: 128 }) }
)

describe("a command that travels", () => {
  it("arrives as it was sent", () => {
    fc.assert(
      fc.property(command, (sent) => {
        expect(decodeCommand(encodeCommand(sent as Submission))).toEqual(sent)
      }),
      { numRuns: 300 }
    )
  })

  const GOOD = {
    id: "c1",
    actor: "api",
    request: {
      type: "SubmitOrder",
      account: "A",
      symbol: "BTCUSDT",
      side: "buy",
      orderType: "limit",
      timeInForce: "GTC",
      quantity: "1",
      price: "100"
    }
  }
  const decoded = (value: unknown) => decodeCommand(Buffer.from(JSON.stringify(value)))
  const request1 = (change: object) => ({ ...GOOD, request: { ...GOOD.request, ...change } })
  const deposit = { type: "Deposit", account: "A", currency: "USDT", amount: "1" }
  const paid = (reference: string) => ({ ...GOOD, request: { ...deposit, reference } })

  it("is decimal text, times of nine decimals, and nothing unknown", () => {
    expect(decoded(GOOD)).not.toHaveProperty("code")
    expect(decoded(paid("bank 7"))).not.toHaveProperty("code")
    const gtd = request1({ timeInForce: "GTD", expireAt: "2026-03-02T10:00:00.000000000Z" })
    expect(decoded(gtd)).not.toHaveProperty("code")
  })

  it.each<[string, unknown]>([
    ["null", null],
    ["a list", [GOOD]],
    ["a word", "order"],
    ["no id", { ...GOOD, id: undefined }],
    ["an id with a space", { ...GOOD, id: "a b" }],
    ["an id of 65 characters", { ...GOOD, id: "x".repeat(65) }],
    ["no actor", { ...GOOD, actor: undefined }],
    ["an actor that is a sentence", { ...GOOD, actor: "It was me" }],
    ["a long trace", { ...GOOD, trace: "x".repeat(129) }],
    ["a field that is not known", { ...GOOD, at: "2026-03-02T10:00:00.000000000Z" }],
    ["a market that the caller brings", { ...GOOD, seen: { last: "1" } }],
    ["no request", { ...GOOD, request: undefined }],
    ["a request of no known type", request1({ type: "Dance" })],
    ["a field of the request that is not known", request1({ iceberg: true })],
    ["a field of another request", request1({ orderId: "0-1" })],
    ["a quantity that is a number", request1({ quantity: 1 })],
    ["a quantity that is missing", request1({ quantity: undefined })],
    ["a quantity with an exponent", request1({ quantity: "1e3" })],
    ["a quantity of nine decimals", request1({ quantity: "0.000000001" })],
    ["a price of nineteen digits", request1({ price: "1000000000000000000" })],
    ["a price that is null", request1({ price: null })],
    ["a side in capitals", request1({ side: "BUY" })],
    ["an order type of another world", request1({ orderType: "iceberg" })],
    ["a time without nanoseconds", request1({ expireAt: "2026-03-02T10:00:00Z" })],
    ["a day that no calendar has", request1({ expireAt: "2026-02-30T10:00:00.000000000Z" })],
    ["an hour that no clock has", request1({ expireAt: "2026-02-28T25:00:00.000000000Z" })],
    ["an account with a slash", request1({ account: "A/B" })],
    ["a report of a venue", { ...GOOD, request: { type: "VenueReported", account: "A", venue: "paper", report: {} } }],
    ["limits", { ...GOOD, request: { type: "SetLimits", scope: "firm", scopeId: "firm", changes: {}, reason: "x" } }],
    ["a reference with a line break", paid("a\nb")],
    ["a reference with somebody's e-mail address", paid("ada@people.example")]
  ])("is refused: %s", (_, value) => {
    const refusal = decoded(value)
    expect(refusal).toMatchObject({ code: "Malformed" })
    expect((refusal as { detail: string }).detail.length).toBeGreaterThan(10)
    expect((refusal as { detail: string }).detail).not.toContain("ada@")
  })

  it.each(["", "{", "nonsense", '{"id":"c1"', "\u0000", "[".repeat(5000)])("is refused: bytes %j", (text) => {
    expect(decodeCommand(Buffer.from(text))).toMatchObject({ code: "Malformed" })
  })

  it("is read from its own part of a larger buffer", () => {
    const bytes = Buffer.from(JSON.stringify(GOOD))
    const larger = Buffer.concat([Buffer.from("xx"), bytes, Buffer.from("yy")])
    expect(decodeCommand(larger.subarray(2, 2 + bytes.length))).not.toHaveProperty("code")
  })
})

describe("a reply", () => {
  const placed = (price: string) => {
    const story = Story.begun()
    const outcome = story.submit({ price })
    return { story, outcome, first: outcome.events[0]!.eventNo }
  }

  it("to an order says where it stands", () => {
    for (const [price, status] of [
      ["100", "PendingNew"],
      ["500", "Rejected"]
    ] as const) {
      const { outcome, first } = placed(price)
      const reply = replyOf({ kind: "facts", events: outcome.events })
      expect(reply).toEqual({ kind: "facts", first, last: first + 1, orderId: `0-${first}`, status })
    }
  })

  it("to a change names the order, whose status is what it was", () => {
    const { story, first } = placed("100")
    for (const quantity of ["2", "5000"]) {
      const { events } = story.replace(`0-${first}` as OrderId, { quantity })
      expect(replyOf({ kind: "facts", events })).toEqual({
        kind: "facts",
        first: events[0]!.eventNo,
        last: events[1]!.eventNo,
        orderId: `0-${first}`
      })
      story.report(`0-${first}`, { type: "ReplaceRejected" })
    }
    const { events } = story.cancel(`0-${first}`)
    expect(replyOf({ kind: "facts", events })).toMatchObject({
      first: events[0]!.eventNo,
      last: events[0]!.eventNo,
      orderId: `0-${first}`
    })
  })

  it("to anything else says which events there are", () => {
    const { story } = placed("100")
    const { events } = story.deposit("1")
    expect(replyOf({ kind: "facts", events })).toEqual({
      kind: "facts",
      first: events[0]!.eventNo,
      last: events[0]!.eventNo
    })
    const all = story.send({ type: "CancelAll", account: "A" as never }).events
    expect(replyOf({ kind: "facts", events: all })).toEqual({
      kind: "facts",
      first: all[0]!.eventNo,
      last: all.at(-1)!.eventNo
    })
  })

  it.each<CommandReply>([
    { kind: "nothing" },
    { kind: "repeat", first: 3, last: 4 },
    { kind: "refused", refusal: { code: "OutOfRange", detail: "no", field: "price" } },
    { kind: "unavailable", reason: "no space" }
  ])("travels: %o", (reply) => {
    expect(decodeReply(encodeReply(reply))).toEqual(reply)
    if (reply.kind !== "unavailable") expect(replyOf(reply as never)).toEqual(reply)
  })
})
