// Scanning a commit's bytes must give what parsing them gives, or leave it to the parser.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ACCOUNT_EVENTS } from "#domain/account/events.ts"
import { Checks } from "#domain/risk/check-text.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { eventOf, type Raw } from "./stored-events.ts"

const HEAD = '{"v":1,"partition":0,"no":7,"epoch":3,"events":['
const bodyOf = (events: ReadonlyArray<Raw>): string => `${HEAD}${events.map((raw) => JSON.stringify(raw)).join()}]}`
const scan = (text: string) => ledgerCodec.scan(Buffer.from(text, "utf8"), text, HEAD.length)
const parse = (text: string) => (JSON.parse(text).events as Array<Raw>).map((raw) => ledgerCodec.decode(raw))
/** Checks are compared by their text: they are only read when somebody asks. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one instanceof Checks ? one.text : one))
  )
/** Texts that need no escape. */
const plainly = (raw: Raw): Raw =>
  JSON.parse(JSON.stringify(raw).replaceAll(/\\u[0-9a-f]{4}|\\.|[^\x20-\x7e]/gu, "_")) as Raw
const plainEvent = fc.constantFrom(...ACCOUNT_EVENTS).chain((definition) => eventOf(definition).map(plainly))

describe("the scanner", () => {
  it("reads what the parser reads, in the same order of keys", () => {
    let scannedBodies = 0
    fc.assert(
      fc.property(fc.array(plainEvent, { maxLength: 6 }), (events) => {
        const text = bodyOf(events)
        const scanned = scan(text)
        if (scanned === undefined) return
        scannedBodies++
        expect(JSON.stringify(plain(scanned))).toBe(JSON.stringify(plain(parse(text))))
      }),
      { numRuns: 400 }
    )
    expect(scannedBodies).toBeGreaterThan(100)
  })

  it("reads every type that has no fields within fields", () => {
    const unread = ACCOUNT_EVENTS.filter((definition) =>
      fc
        .sample(eventOf(definition).map(plainly), { numRuns: 10, seed: 3 })
        .some((raw) => scan(bodyOf([raw])) === undefined)
    )
    expect(unread.map(({ type }) => type)).toEqual([
      "InstrumentAdopted",
      "GroupMovedOut",
      "GroupMovedIn",
      "GroupReturned"
    ])
  })

  it("leaves to the parser what this program would not have written", () => {
    const deposited = eventOf(ACCOUNT_EVENTS.find(({ type }) => type === "Deposited")!).map(plainly)
    const [drawn] = fc.sample(deposited, { seed: 5 })
    const good = bodyOf([{ ...drawn!, data: { currency: "USDT", amount: "1" } }])
    expect(scan(good)).toHaveLength(1)
    for (const [from, to] of [
      ["USDT", "żł"],
      ["USDT", "U\\u0053DT"],
      ['"v":1,"rec', '"v":2,"rec'],
      ['"Deposited"', '"Dreamt"'],
      ['"data":{', '"note":"x","data":{'],
      ['"amount":"1"', '"amount":"1","later":"x"'],
      ['"amount":"1"', '"amount":1'],
      ["]}", "] }"],
      ["]}", "]"],
      ["]}", ""]
    ] as const)
      expect(scan(good.replace(from, to)), to).toBeUndefined()
  })

  it("makes texts that hold on to nothing of the body", () => {
    // a slice of the body would keep a hundred kilobytes alive for an id of 36 characters
    const id = "01a22002-ed67-7888-beb7-4adfe7d6411e"
    const raw = { eventNo: 1, type: "Deposited", v: 1, recordedAt: "2026-03-02T10:00:00.000000000Z" }
    const more = { effectiveAt: raw.recordedAt, actor: "a", cause: id, correlation: id, account: "A" }
    const text = bodyOf([{ ...raw, ...more, data: { currency: "USDT", amount: "-0.00000001" } }])
    const [event] = scan(text)!
    expect(event).toMatchObject({ cause: id, correlation: id, data: { amount: -1n } })
  })
})
