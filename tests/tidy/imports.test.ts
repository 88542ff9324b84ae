// The table of folders once more, by reading the text: it holds where oxlint is not installed, and to the letter.
import { posix } from "node:path"
import { describe, expect, it } from "vitest"
import { files, matches, text, withoutComments } from "./files.ts"

type Import = { readonly file: string; readonly from: string; readonly names: ReadonlyArray<string> }

const sources = files.filter((file) => /^[a-z]+\/.*\.(ts|tsx|mjs)$/.test(file))

/** What `{ type A, B as C }` brings in by its first names; a whole module is `*`. */
const namesIn = (clause: string): ReadonlyArray<string> =>
  /^\s*(type\s+)?\{[^}]*\}\s*$/.test(clause)
    ? clause
        .replaceAll(/^\s*(type\s+)?\{|\}\s*$/g, "")
        .split(",")
        .map((name) =>
          name
            .trim()
            .replace(/^type\s+/, "")
            .replace(/\s+as\s.*$/, "")
        )
        .filter((name) => name !== "")
    : ["*"]

const importsOf = (file: string): ReadonlyArray<Import> => {
  const code = withoutComments(file)
  const statements = code.matchAll(/^\s*(?:import|export)\s+([^"';()=]*?)\s+from\s+"([^"]+)"/gm)
  const bare = code.matchAll(/\bimport\s*\(?\s*"([^"]+)"/g)
  return [
    ...[...statements].map(([, clause = "", from = ""]) => ({ file, from, names: namesIn(clause) })),
    ...[...bare].map(([, from = ""]) => ({ file, from, names: ["*"] }))
  ]
}

const imports = sources.flatMap(importsOf)
const below = (...folders: ReadonlyArray<string>) =>
  imports.filter(({ file }) => folders.includes(file.split("/")[0] ?? ""))
const target = ({ file, from }: Import): string =>
  from.startsWith("#") ? from.slice(1) : from.startsWith(".") ? posix.join(posix.dirname(file), from) : ""
const folderOf = (path: string): string => path.split("/")[0] ?? ""
const told = (wrong: ReadonlyArray<Import>) =>
  wrong.map(({ file, from, names }) => `${file}: ${names.join(", ")} from ${from}`)

const mayImport: Record<string, ReadonlyArray<string>> = {
  domain: ["domain"],
  projections: ["domain", "projections"],
  streams: ["domain", "streams"],
  infra: ["domain", "streams", "infra"],
  services: ["domain", "projections", "streams", "infra", "services"],
  frontend: ["domain", "projections", "frontend"],
  tests: ["domain", "projections", "streams", "infra", "services", "frontend", "tests"]
}

const effectData = new Set(
  `Array BigDecimal BigInt Brand Chunk Data Duration Equal Equivalence Function Hash HashMap HashSet Match Number Option
  Order Predicate Record Result Schema SchemaGetter SchemaIssue SchemaTransformation String Struct Tuple
  absurd flow identity pipe`.split(/\s+/)
)

describe("imports", () => {
  it.each(Object.entries(mayImport))("of %s reach only %j", (folder, allowed) => {
    const contract = (one: Import) => folder === "frontend" && target(one) === "services/gateway/contract.ts"
    const wrong = below(folder).filter(
      (one) => target(one) !== "" && !allowed.includes(folderOf(target(one))) && !contract(one)
    )
    expect(told(wrong)).toEqual([])
  })

  it("of the pure folders bring in nothing from outside but data of Effect", () => {
    const outside = below("domain", "projections").filter((one) => target(one) === "")
    const wrong = outside.filter(({ from, names }) => from !== "effect" || !names.every((name) => effectData.has(name)))
    expect(told(wrong)).toEqual([])
  })

  it("of clients for outside systems are in infra alone", () => {
    const client = /^(@nats-io\/|@clickhouse\/|@kurrent\/|chdb$|node:sqlite$)/
    expect(told(below("streams", "services").filter(({ from }) => client.test(from)))).toEqual([])
  })

  it("of an adapter are where things are composed: main.ts of a service, or services/platform", () => {
    const composes = /^services\/(platform\/|[a-z-]+\/main\.ts$)/
    const wrong = below("services").filter((one) => folderOf(target(one)) === "infra" && !composes.test(one.file))
    expect(told(wrong)).toEqual([])
  })

  it("of another service are for platform and trade, which compose them; services meet in the log", () => {
    const service = (path: string) => path.split("/")[1] ?? ""
    const services = new Set(["gateway", "live-gateway", "oms", "platform", "pnl", "risk", "trade"]) // the rest is shared
    for (const file of files) if (/^services\/[^/]+\/main\.ts$/.test(file)) services.add(service(file))
    const wrong = below("services").filter((one) => {
      if (folderOf(target(one)) !== "services" || ["platform", "trade"].includes(service(one.file))) return false
      return services.has(service(target(one))) && service(one.file) !== service(target(one))
    })
    expect(told(wrong)).toEqual([])
  })

  it("across folders are by alias, inside one by ./", () => {
    const sameFolder = ({ file, from }: Import) =>
      from.startsWith("#") && posix.dirname(file) === posix.dirname(from.slice(1))
    expect(told(imports.filter((one) => one.from.startsWith("../") || sameFolder(one)))).toEqual([])
  })
})

describe("the pure folders", () => {
  const pure = sources.filter((file) => /^(domain|projections)\//.test(file))
  const impure =
    /\b(Date\.now|Math\.random|performance\.|process\.|crypto\.|globalThis\b|setTimeout|setInterval|setImmediate|queueMicrotask|await\s|async\s)/

  it("know no clock, no chance, no waiting", () => {
    expect(pure.filter((file) => impure.test(withoutComments(file))).flatMap((file) => matches(file, impure))).toEqual(
      []
    )
  })

  it("make a Date only in domain/kernel/time.ts, of a number that is handed in", () => {
    const dated = pure.filter((file) => file !== "domain/kernel/time.ts" && /\bDate\b/.test(withoutComments(file)))
    expect(dated.flatMap((file) => matches(file, /\bDate\b/))).toEqual([])
    if (files.includes("domain/kernel/time.ts"))
      expect(text("domain/kernel/time.ts")).not.toMatch(/\bDate\(\s*\)|new Date(?!\()/)
  })
})
