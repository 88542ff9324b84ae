import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { ACCOUNT_EVENTS } from "#domain/account/events.ts"
import { bodyOf, checkCommit, checkRoot } from "#streams/chain.ts"
import { EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { Story } from "#tests/domain/account/story.ts"
import { brokenPromises, grown } from "./compare-shapes.ts"
import { fieldsOf, fileOf, goldenOf, type Golden } from "./samples.ts"
import { bodyNow, eventsOfGolden, goldenEvents, sha256Of, shapesNow, type Shapes } from "./stored-shapes.ts"

const folder = join(import.meta.dirname, "v1")
/** of the version that is written now; those of earlier ones stand beside */
const CHAIN = join("..", `v${bodyNow().v}`, "chain.json")
const RECORD = join(import.meta.dirname, "stored-shapes.json")

/** See README.md: only what is not there is written, and only when asked for. */
const writeMissing = (file: string, content: () => unknown): void => {
  if (process.env["UPDATE_GOLDEN"] !== "1" || existsSync(join(folder, file))) return
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), `${JSON.stringify(content(), null, 2)}\n`, { flag: "wx" })
}
const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), "utf8"))
const filesOf = (): ReadonlyArray<string> => (existsSync(folder) ? readdirSync(folder).filter((file) => file !== "chain.json") : [])

type StoredText = Omit<StoredCommit, "body"> & { readonly body: string }
const toText = (commit: StoredCommit): StoredText => ({ ...commit, body: Buffer.from(commit.body).toString("hex") })
const fromText = (commit: StoredText): StoredCommit => ({ ...commit, body: Buffer.from(commit.body, "hex") })

/** A writer's epoch, and a small story in one commit. */
const makeChain = (): ReadonlyArray<StoredText> => {
  const story = Story.begun()
  const id = story.place({ quantity: "1.5", price: "100" })
  story.fill(id, "0.5", "99.5")
  const opened = sealCommit(EMPTY_CHAIN, 0, 1, "golden", [])
  return [opened, sealCommit(opened, 0, 1, "golden", story.bytes)].map(toText)
}

beforeAll(() => {
  for (const definition of ACCOUNT_EVENTS) {
    const { type, v } = definition
    if (recorded().events[type]?.[`v${v}`] === undefined) writeMissing(fileOf(definition), () => goldenOf(definition))
  }
  writeMissing(CHAIN, makeChain)
  // a promise that is broken is not made good by writing it down
  if (process.env["UPDATE_GOLDEN"] !== "1") return
  const record = grown(recorded(), { ...present(), events: { ...present().events, ...eventsOfGolden(import.meta.dirname) } })
  if (promisesBroken(record).length === 0) writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`)
})

const NOTHING: Shapes = { commits: {}, envelope: [], kinds: {}, events: {}, rows: {} }
const recorded = (): Shapes => (existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, "utf8")) : NOTHING)
const present = (): Shapes => shapesNow(import.meta.dirname, ACCOUNT_EVENTS, PROJECTIONS)
const promisesBroken = (record: Shapes): ReadonlyArray<string> =>
  brokenPromises(record, present(), new Map(ACCOUNT_EVENTS.map(({ type, upcasts }) => [type, upcasts])), (file) => sha256Of(import.meta.dirname, file))

describe("the record of everything that was ever stored (stored-shapes.json)", () => {
  it("holds: nothing in it was changed, and what is new is in it (README.md)", () => {
    expect(promisesBroken(recorded())).toEqual([])
  })

  it("knows every golden file", () => {
    const { events } = recorded()
    const known = Object.values(events).flatMap((versions) => Object.values(versions).map(({ golden }) => golden))
    expect(known.toSorted()).toEqual(goldenEvents(import.meta.dirname).map(({ file }) => file).toSorted())
    for (const { file, golden } of goldenEvents(import.meta.dirname)) expect(events[golden.type]?.[`v${golden.v}`], file).toMatchObject({ golden: file, fields: golden.fields })
  })
})

describe("golden events", () => {
  it.each(ACCOUNT_EVENTS.map((definition) => [definition.type, definition] as const))(
    "%s is stored as its file says: a changed schema needs a file of its own (README.md)",
    (_, definition) => {
      expect(filesOf()).toContain(fileOf(definition))
      expect(read<Golden>(fileOf(definition)).fields).toEqual(fieldsOf(definition))
      expect(read<Golden>(fileOf(definition))).toMatchObject({ type: definition.type, v: definition.v })
    }
  )

  it("of every file are understood, strictly too, and those of the present version come back as the same bytes", () => {
    const present = new Map(ACCOUNT_EVENTS.map(({ type, v }) => [type, v]))
    expect(filesOf().length).toBeGreaterThanOrEqual(ACCOUNT_EVENTS.length)
    for (const file of filesOf()) {
      const { type, v, full, bare } = read<Golden>(file)
      for (const text of [full, bare]) {
        // whoever shows it writes the same text, however it was read
        const [easily, strictly] = [ledgerCodec.decode(JSON.parse(text)), ledgerCodec.decodeStrictly(JSON.parse(text))]
        expect(Object.keys(easily.data), file).toEqual(Object.keys(strictly.data))
        for (const decode of [ledgerCodec.decode, ledgerCodec.decodeStrictly]) {
          const event = decode(JSON.parse(text))
          expect(event.v, file).toBe(present.get(type as typeof event.type))
          if (event.v === v) expect(ledgerCodec.encode(event), file).toBe(text)
        }
      }
    }
  })

  it("have every optional field in one and none in the other", () => {
    for (const definition of ACCOUNT_EVENTS) {
      const { full, bare, fields } = read<Golden>(fileOf(definition))
      const names = (text: string) => Object.keys(JSON.parse(text).data)
      const isOptional = (field: string) => /^\w+\?:/u.test(field)
      const [optional, needed] = [fields.filter(isOptional), fields.filter((field) => !isOptional(field))]
      expect(names(full).length).toBe(optional.length + needed.length)
      expect(names(bare).length).toBe(needed.length)
      expect(Object.keys(JSON.parse(full))).toContain("trace")
    }
  })
})

describe("golden commits", () => {
  const commits = () => read<ReadonlyArray<StoredText>>(CHAIN).map(fromText)

  it("follow each other, with the hashes that they had on the first day", () => {
    let head = EMPTY_CHAIN
    for (const commit of commits()) {
      const checked = checkCommit(head, commit, 0)
      checkRoot(checked)
      head = commit
    }
    expect(head).toMatchObject({ no: 2 })
  })

  it("are built again, byte by byte, from their decoded events", () => {
    let head = EMPTY_CHAIN
    for (const commit of commits()) {
      const body = bodyOf(checkCommit(head, commit, 0))
      const events = body.events.map((raw) => {
        const event = ledgerCodec.decodeStrictly(structuredClone(raw))
        // one of an earlier version is brought up to date when it is read, and never written again
        return event.v === raw["v"] ? ledgerCodec.encode(event) : JSON.stringify(raw)
      })
      expect(toText(sealCommit(head, 0, body.epoch, "golden", events))).toEqual(toText(commit))
      head = commit
    }
  })
})
