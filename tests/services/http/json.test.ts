import { describe, expect, it } from "vitest"
import { test as property, fc } from "@fast-check/vitest"
import { parseJson } from "#services/http/json.ts"

const inexactOf = (text: string) => parseJson(text)?.inexact

describe("numbers are judged as they were written", () => {
  it.each([
    '{"a":0.1}',
    '{"a":123456789012345}',
    '{"a":1e-8}',
    '{"a":1.5E+3}',
    '{"a":0.000000000000000000001}',
    '{"a":1000000000000000000000}',
    '{"a":1.0000000000000000000}',
    '{"a":"12345678901234567890"}',
    '{"a":"say \\"1234567890123456789\\" aloud"}',
    '{"a":"\\\\","b":1}',
    '{"a":0e5}',
    '{"a":-0.0}'
  ])("%s keeps every digit", (text) => {
    expect(inexactOf(text)).toEqual([])
    expect(parseJson(text)?.value).toEqual(JSON.parse(text))
  })

  it.each([
    ['{"a":123456789.123456789012}', ["a"]],
    ['{"a":1234567890123456}', ["a"]],
    ['{"a":0.12345678901234567}', ["a"]],
    ['{"a":1e400}', ["a"]],
    ['{"a":1e-400}', ["a"]],
    ['{"a":{"b":[1,12345678901234567]},"c":9007199254740993}', ["a.b.1", "c"]],
    ['{"a":"\\\\","b":12345678901234567}', ["b"]],
    ["12345678901234567", [""]]
  ])("%s does not", (text, paths) => expect(inexactOf(text)).toEqual(paths))

  property.prop([fc.integer(), fc.integer({ min: 0, max: 15 })])(
    "any 15 digits with a point anywhere survive",
    (whole, scale) => {
      const digits = String(whole).slice(0, 15)
      const text = `{"a":${digits}e-${scale}}`
      expect(inexactOf(text)).toEqual([])
    }
  )
})

describe("what is no document", () => {
  it.each([
    "",
    "{",
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":01}',
    "{'a':1}",
    '{"a":1,}',
    "\u0000",
    `[1e1,${"[".repeat(500_000)}`
  ])("%.40j", (text) => expect(parseJson(text)).toBeUndefined())
  it("is not followed into the deep", () =>
    expect(parseJson(`[1e1,${"[".repeat(400_000)}${"]".repeat(400_000)}]`)).toBeUndefined())
  it("does not pollute prototypes", () => {
    const value = parseJson('{"__proto__":{"a":1e1}}')?.value as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value)).toEqual(["__proto__"])
  })
})
