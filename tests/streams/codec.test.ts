import { Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ACCOUNT_EVENTS } from "#domain/account/events.ts"
import { defineEvent, type Fact } from "#domain/kernel/event.ts"
import { Cash } from "#domain/kernel/money.ts"
import { makeCodec, Undecodable, type Codec } from "#streams/codec.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { eventOf, type Raw } from "./stored-events.ts"

const parsed = (text: string): Raw => JSON.parse(text)
type Read = "decode" | "decodeStrictly"
const READS: ReadonlyArray<Read> = ["decode", "decodeStrictly"]

describe("the bytes of an event", () => {
  it.each(ACCOUNT_EVENTS.map((definition) => [definition.type, definition] as const))(
    "%s come back the same from what was decoded",
    (_, definition) => {
      fc.assert(
        fc.property(eventOf(definition), (raw) => {
          const text = JSON.stringify(raw)
          for (const read of READS) expect(ledgerCodec.encode(ledgerCodec[read](parsed(text)))).toBe(text)
        }),
        { numRuns: 40 }
      )
    }
  )

  it("stand in the schema's order, whatever the order in which a fact was made", () => {
    const any = fc.constantFrom(...ACCOUNT_EVENTS).chain(eventOf)
    fc.assert(
      fc.property(any, fc.infiniteStream(fc.nat()), (raw, order) => {
        const text = JSON.stringify(raw)
        const event = ledgerCodec.decode(parsed(text))
        const shuffled = (object: object) =>
          Object.fromEntries(
            Object.entries(object)
              .map((entry) => [order.next().value, entry] as const)
              .toSorted(([a], [b]) => a - b)
              .map(([, entry]) => entry)
          )
        const data = shuffled({ ...event.data, ...(event.data as object) })
        expect(ledgerCodec.encode({ ...shuffled(event), data } as never)).toBe(text)
      })
    )
  })

  it("have amounts as text and leave out what is not there", () => {
    const codec = makeCodec([defineEvent("Paid", { amount: Cash, tip: Schema.optionalKey(Cash), note: Schema.String })])
    const head = { eventNo: 1, type: "Paid", v: 1, actor: "a", cause: "c", correlation: "c", trace: undefined }
    const times = { recordedAt: "2026-03-02T10:00:00.000000000Z", effectiveAt: "2026-03-02T09:00:00.000000000Z" }
    const event = { ...head, ...times, data: { note: 'say "hi"\n', amount: 150_000_000n, tip: undefined } }
    expect(codec.encode(event as never)).toBe(
      '{"eventNo":1,"type":"Paid","v":1,"recordedAt":"2026-03-02T10:00:00.000000000Z","effectiveAt":"2026-03-02T09:00:00.000000000Z",' +
        '"actor":"a","cause":"c","correlation":"c","data":{"amount":"1.5","note":"say \\"hi\\"\\n"}}'
    )
  })
})

const GOOD: Raw = {
  eventNo: 7,
  type: "Deposited",
  v: 1,
  recordedAt: "2026-03-02T10:00:00.000000000Z",
  effectiveAt: "2026-03-02T10:00:00.000000000Z",
  actor: "test",
  cause: "c",
  correlation: "c",
  account: "A",
  data: { currency: "USDT", amount: "1" }
}
const bad = (change: Raw): Raw =>
  Object.fromEntries(Object.entries({ ...structuredClone(GOOD), ...change }).filter(([, value]) => value !== undefined))
const badData = (change: Raw): Raw => bad({ data: { ...(GOOD["data"] as Raw), ...change } })
const tryTo = (read: Read, raw: Raw) => () => ledgerCodec[read](raw)

describe("an event that cannot be understood", () => {
  it.each(READS)(
    "stops %s: of an unknown type, a newer version, an older one that nobody brings up to date",
    (read) => {
      expect(tryTo(read, bad({}))).not.toThrow()
      for (const change of [
        { type: "Dreamt" },
        { type: undefined },
        { type: 7 },
        { type: "toString" },
        { v: 2 },
        { v: 0 },
        { v: -1 },
        { v: 0.5 },
        { v: undefined },
        { v: "1" },
        { v: null }
      ]) {
        expect(tryTo(read, bad(change)), JSON.stringify(change)).toThrow(Undecodable)
      }
      expect(tryTo(read, bad({ v: 2 }))).toThrow("version 2 of Deposited is newer than this program's 1")
      expect(tryTo(read, bad({ type: "Dreamt" }))).toThrow("event type Dreamt is unknown to this program")
    }
  )

  it.each<[string, Raw]>([
    ["no data", bad({ data: undefined })],
    ["data that is null", bad({ data: null })],
    ["an amount that is a number", badData({ amount: 1 })]
  ])("stops a reader that trusts the hash, too: %s", (_, raw) => {
    for (const read of READS) expect(tryTo(read, structuredClone(raw))).toThrow(Undecodable)
  })

  it.each<[string, Raw]>([
    ["an unknown field", badData({ note: "x" })],
    ["a missing field", badData({ currency: undefined })],
    ["a field of another kind", badData({ reference: 7 })],
    ["a field that is null", badData({ reference: null })],
    ["an amount that is a word", badData({ amount: "much" })],
    ["an amount of nine decimals", badData({ amount: "0.000000001" })],
    ["an amount of nineteen digits", badData({ amount: "1000000000000000000" })],
    ["an amount with an exponent", badData({ amount: "1e5" })],
    ["a currency in small letters", badData({ currency: "usdt" })],
    ["an unknown field beside the data", bad({ note: "x" })],
    ["no event number", bad({ eventNo: undefined })],
    ["an event number of 0", bad({ eventNo: 0 })],
    ["an event number with a fraction", bad({ eventNo: 7.5 })],
    ["no time", bad({ recordedAt: undefined })],
    ["a time that is a word", bad({ recordedAt: "yesterday" })],
    ["a time without nanoseconds", bad({ effectiveAt: "2026-03-02T10:00:00Z" })],
    ["a day that no calendar has", bad({ effectiveAt: "2026-02-30T10:00:00.000000000Z" })],
    ["no actor", bad({ actor: undefined })],
    ["a cause that is a number", bad({ cause: 7 })],
    ["an account with a space", bad({ account: "A B" })],
    ["a trace that is null", bad({ trace: null })]
  ])("stops a strict reader, and is named: %s", (_, raw) => {
    expect(tryTo("decodeStrictly", raw)).toThrow(Undecodable)
    expect(tryTo("decodeStrictly", raw)).toThrow(/^event .* \(Deposited\): /)
  })
})

describe("an event of an older version", () => {
  // version 1 had a price as text in cents, version 2 a price and no venue, version 3 names the venue
  const Traded = defineEvent(
    "Traded",
    { price: Cash, venue: Schema.String },
    {
      v: 3,
      upcasts: {
        1: ({ cents }) => ({ price: `${String(cents).slice(0, -2)}.${String(cents).slice(-2)}` }),
        2: ({ price }) => ({ price, venue: "paper" })
      }
    }
  )
  const codec = makeCodec([Traded]) as unknown as Codec<Fact<string, { price: bigint; venue: string }>>
  const event = (v: number, data: Raw): Raw => ({ ...bad({ type: "Traded", v, account: undefined }), data })

  it.each<[number, Raw]>([
    [1, { cents: "12345" }],
    [2, { price: "123.45" }],
    [3, { price: "123.45", venue: "paper" }]
  ])("%i is brought up to the present one, step by step", (v, data) => {
    for (const read of READS) {
      const decoded = codec[read](event(v, structuredClone(data)))
      expect(decoded.data).toEqual({ price: 12_345_000_000n, venue: "paper" })
      expect(decoded.v).toBe(3)
      expect(parsed(codec.encode(decoded))["data"]).toEqual({ price: "123.45", venue: "paper" })
    }
  })

  it("that no step leads on from, or whose step fails, is not understood", () => {
    const gap = makeCodec([defineEvent("Traded", { price: Cash }, { v: 3, upcasts: { 2: (data) => data } })])
    const fails = makeCodec([
      defineEvent("Traded", { price: Cash }, { v: 2, upcasts: { 1: ({ old }) => ({ price: (old as Raw)["x"] }) } })
    ])
    for (const read of READS) {
      expect(() => gap[read](event(1, {}))).toThrow("no step from version 1 of Traded")
      expect(() => gap[read](event(1, {}))).toThrow(Undecodable)
      expect(() => fails[read](event(1, {}))).toThrow(Undecodable)
      expect(() => codec[read](event(4, {}))).toThrow(Undecodable)
    }
  })

  it("is judged as what it has become", () => {
    expect(() => codec.decodeStrictly(event(1, { cents: "x" }))).toThrow(Undecodable)
    expect(() => codec.decodeStrictly(event(2, { price: "1", venue: 7 }))).not.toThrow() // its own step drops it
    expect(() => codec.decodeStrictly(event(3, { price: "1" }))).toThrow(Undecodable)
  })
})
