// The check itself: each way to break the promise is planted, and must be told in a sentence.
import { describe, expect, it } from "vitest"
import { brokenPromises, grown } from "./compare-shapes.ts"
import type { Shapes, Stored } from "./stored-shapes.ts"

const stored = (golden: string, ...fields: ReadonlyArray<string>): Stored => ({ fields, golden, sha256: `sha of ${golden}` })
const rows = { key: ["orderId"], columns: ["orderId: text", "price: amount"], unhashed: [], folded: "f1" }
const record: Shapes = {
  commits: { v1: stored("v1/chain.json", "v: integer", "events: list") },
  envelope: ["eventNo: integer", "trace?: text"],
  kinds: { id: ["[a-z]{1,64}"] },
  events: {
    Placed: { v1: stored("p1", "orderId: id", "price: amount"), v2: stored("p2", "orderId: id", "side: buy|sell") },
    Filled: { v1: stored("f1", "orderId: id", "price?: amount") }
  },
  rows: { orders: { v3: rows } }
}
const now: Shapes = { ...record, events: { ...record.events, Placed: { v2: record.events["Placed"]!["v2"]! } } }
const upcasts = new Map([["Placed", { 1: (data: Record<string, unknown>) => data }]])
const told = (change: Partial<Shapes>, { steps = upcasts, sha256Of = (file: string) => `sha of ${file}`, from = record } = {}) =>
  brokenPromises(from, { ...now, ...change }, steps, sha256Of)
const filled = (version: string, shape: Stored) => ({ events: { ...now.events, Filled: { [version]: shape } } })

describe("the check of stored shapes", () => {
  it("is silent while nothing changed", () => {
    expect(told({})).toEqual([])
  })

  it.each<[string, Partial<Shapes>, RegExp]>([
    ["a renamed field", filled("v1", stored("f1", "orderId: id", "lastPx?: amount")), /version 1 of event Filled was changed: price is gone \(renamed or removed\); lastPx\?: amount is new\. .* give Filled version 2/],
    ["a removed field", filled("v1", stored("f1", "orderId: id")), /price is gone/],
    ["an added field", filled("v1", stored("f1", "orderId: id", "price?: amount", "fee?: amount")), /fee\?: amount is new.*version 2 with an upcast from 1/],
    ["a retyped field", filled("v1", stored("f1", "orderId: id", "price?: integer")), /price\?: amount became price\?: integer/],
    ["an optional field that became needed", filled("v1", stored("f1", "orderId: id", "price: amount")), /price\?: amount became price: amount/],
    ["another order", filled("v1", stored("f1", "price?: amount", "orderId: id")), /order of its fields changed/],
    ["a type that is gone", { events: { Placed: now.events["Placed"]! } }, /event Filled has disappeared/],
    ["a version that is gone", { events: { ...now.events, Placed: { v1: record.events["Placed"]!["v1"]! } } }, /version 2 of event Placed has disappeared/],
    ["a version that is not recorded", filled("v2", stored("f2", "orderId: id")), /version 2 of event Filled is not in the record/],
    ["a version that was left out", filled("v3", stored("f2", "orderId: id")), /Filled goes from version 1 to 3/],
    ["a name that is used again", { events: { ...now.events, Placed: { v3: stored("p3", "orderId: id", "side: buy|sell", "price: integer") } } }, /event Placed uses price again in version 3: version 2 gave that name up/],
    ["a new type", { events: { ...now.events, Held: { v1: stored("h1", "orderId: id") } } }, /event Held is not in the record/],
    ["a type that begins late", { events: { ...now.events, Held: { v2: stored("h1", "orderId: id") } } }, /event Held begins with version 2/],
    ["another body of commits", { commits: { v1: stored("v1/chain.json", "v: integer", "facts: list") } }, /version 1 of the body of commits was changed: events is gone/],
    ["a body of an earlier version", { commits: {} }, /version 1 of the body of commits has disappeared/],
    ["another envelope", { envelope: ["eventNo: integer"] }, /what stands around an event's data changed: trace is gone/],
    ["a narrower id", { kinds: { id: ["[a-z]{1,32}"] } }, /texts of kind id were \[a-z\]\{1,64\}, and now \[a-z\]\{1,32\}/],
    ["rows of another shape", { rows: { orders: { v3: { ...rows, columns: ["orderId: text", "price: text"] } } } }, /version 3 of the rows of orders was changed: price: amount became price: text\. .* version 4/],
    ["rows by another key", { rows: { orders: { v3: { ...rows, key: ["price"] } } } }, /its key/],
    ["rows by another fold", { rows: { orders: { v3: { ...rows, folded: "f2" } } } }, /the same events give other rows/],
    ["rows of a version that was left", { rows: { orders: { v2: rows } } }, /go back from version 3 to 2/]
  ])("tells of %s", (_, change, sentence) => {
    expect(told(change).join("\n")).toMatch(sentence)
  })

  it("tells of golden files that are missing or were edited, also of versions that nobody writes any more", () => {
    expect(told({}, { sha256Of: (file) => (file === "p1" ? "none" : `sha of ${file}`) })).toEqual(["the golden file of version 1 of event Placed is missing: p1"])
    expect(told({}, { sha256Of: (file) => (file === "p1" ? "another" : `sha of ${file}`) })).toEqual(["the golden file of version 1 of event Placed was edited: p1"])
    const { v2 } = record.events["Placed"]!
    expect(told({}, { from: { ...record, events: { ...record.events, Placed: { v2: v2! } } } })).toEqual(["version 1 of event Placed is missing in the record"])
  })

  it("tells of an upcast that is missing", () => {
    expect(told({}, { steps: new Map() })).toEqual(["event Placed has no upcast from version 1"])
  })

  it("grows by what is new, and writes over nothing", () => {
    const more = { ...filled("v2", stored("f2", "orderId: id", "fee: amount")), rows: { orders: { v4: { ...rows, folded: "f2" } } } }
    const next = grown(record, { ...now, ...more })
    expect(next.events["Filled"]).toEqual({ ...record.events["Filled"], v2: more.events.Filled["v2"] })
    expect(Object.keys(next.rows["orders"]!)).toEqual(["v3", "v4"])
    expect(told(more, { from: next, steps: new Map([...upcasts, ["Filled", { 1: (data: Record<string, unknown>) => data }]]) })).toEqual([])
    const changed = grown(record, { ...now, ...filled("v1", stored("f1", "orderId: id")) })
    expect(changed.events["Filled"]).toEqual(record.events["Filled"])
  })
})
