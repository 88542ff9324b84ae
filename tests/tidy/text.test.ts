import { describe, expect, it } from "vitest"
import { files, isCode, isData, matches } from "./files.ts"

const written = files.filter((file) => !isData(file) && !/\.(gz|png|ico|woff2)$|^package-lock\.json$/.test(file))
const code = written.filter(isCode)
const found = (where: ReadonlyArray<string>, pattern: RegExp) => where.flatMap((file) => matches(file, pattern))

// Put together from parts, so that this file does not find itself.
const left = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`)
const machinePath = new RegExp(`(?<![\\w.~-])/(${["work", "root", "home", "Users"].join("|")})/`)
const registries = ["registry.npmjs" + ".org", "proxy.golang" + ".org", "deb.debian" + ".org", "pythonhosted" + ".org"]
const rule = new RegExp(`^\\s*(//|#|\\*|/\\*).*([-=*#~_+])\\2{4,}`)

/** Hosts that a file may name: this machine, names kept for examples, and where a licence or a standard is read. */
const mayBeNamed =
  /^(127\.0\.0\.1|0\.0\.0\.0|localhost|([\w-]+\.)*example(\.\w+)?|www\.apache\.org|www\.rfc-editor\.org)$/

describe("the text of the repository", () => {
  it("leaves no note about unfinished work: an issue is the place", () => {
    expect(found(written, left)).toEqual([])
  })

  it("names no path of one machine", () => {
    expect(found(written, machinePath)).toEqual([])
  })

  it("names no package registry and no other host: the settings of the machine do", () => {
    expect(found(written, new RegExp(registries.join("|")))).toEqual([])
    const hosts = (line: string) => [...line.matchAll(/\b(?:https?|wss?|nats|tcp):\/\/([\w-]+(?:\.[\w-]+)+)/g)]
    const strange = found(code, /:\/\//).filter((line) => hosts(line).some(([, host]) => !mayBeNamed.test(host ?? "")))
    expect(strange).toEqual([])
  })

  it("has no rules and banners in comments", () => {
    expect(found(code, rule)).toEqual([])
  })

  it("runs every test, or says why not", () => {
    const tests = code.filter((file) => file.startsWith("tests/"))
    expect(found(tests, /\b(it|test|describe|suite)(\.\w+)*\.only\b/)).toEqual([])
    // skipIf and skipWithout depend on the machine; a plain skip is for everybody, and gives its reason in a comment
    expect(found(tests, /\b(it|test|describe|suite)(\.\w+)*\.(skip|todo)\((?!.*\/\/ \w+)/)).toEqual([])
    expect(found(tests, /\b(ctx|context|task)\.skip\(\s*\)/)).toEqual([])
  })
})
