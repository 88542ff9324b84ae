// What is stored, as shapes that can be compared: taken from the program as it is, and from the record of what ever was.
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Schema } from "effect"
import type { EventDefinition } from "#domain/kernel/event.ts"
import type { Columns, Projection, RowOf } from "#projections/projection.ts"
import { EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import { contentHasher } from "#streams/content-hash.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { compareCells } from "#streams/ports/row-store.ts"
import { fieldsOf, fileOf, KINDS, kindOf, textOf, type Golden } from "./samples.ts"

/** A shape under its version, `v1`, and the golden file with that file's sha256. */
type Versions<Shape> = { readonly [version: string]: Shape }
export type Stored = { readonly fields: ReadonlyArray<string>; readonly golden: string; readonly sha256: string }
/** `folded` is the content hash of the rows that the golden chain of body version 1 gives: a changed fold shows there. */
export type Rows = {
  readonly key: ReadonlyArray<string>
  readonly columns: ReadonlyArray<string>
  readonly unhashed: ReadonlyArray<string>
  readonly folded: string
}

/** Everything that was ever stored: `stored-shapes.json` is one of these, and only grows. */
export type Shapes = {
  /** the body of a commit, around its events */
  readonly commits: Versions<Stored>
  /** an event, around its data */
  readonly envelope: ReadonlyArray<string>
  /** the pattern of each kind of text: one that becomes narrower leaves stored texts outside */
  readonly kinds: { readonly [kind: string]: ReadonlyArray<string> }
  readonly events: { readonly [type: string]: Versions<Stored> }
  /** rows of the projections: what a content hash is made from, and the tables that are kept */
  readonly rows: { readonly [projection: string]: Versions<Rows> }
}

/** `folder` is that of all golden files: `v1` in it belongs to version 1 of a commit's body. */
export const readGolden = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8")
export const sha256Of = (folder: string, file: string): string =>
  existsSync(join(folder, file)) ? createHash("sha256").update(readGolden(folder, file)).digest("hex") : "none"

/** Every golden file of an event, by its path below `folder`. */
export const goldenEvents = (folder: string): ReadonlyArray<{ readonly file: string; readonly golden: Golden }> =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^v\d+$/.test(entry.name))
    .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`))
    .filter((file) => !file.endsWith("/chain.json"))
    .map((file) => ({ file, golden: JSON.parse(readGolden(folder, file)) as Golden }))

/** Every version of every event that has a golden file, whether the program still writes it or not. */
export const eventsOfGolden = (folder: string): Shapes["events"] => {
  const events: Record<string, Record<string, Stored>> = {}
  for (const { file, golden } of goldenEvents(folder)) {
    const { type, v, fields } = golden
    events[type] = { ...events[type], [`v${v}`]: { fields, golden: file, sha256: sha256Of(folder, file) } }
  }
  return events
}

/** The version of a commit's body that this program writes, and the names and kinds around its events. */
export const bodyNow = (): { readonly v: number; readonly fields: ReadonlyArray<string> } => {
  const body = JSON.parse(Buffer.from(sealCommit(EMPTY_CHAIN, 0, 1, "golden", []).body).toString("utf8")) as { v: number }
  return { v: body.v, fields: described(body, body) }
}

/** Names of a JSON object with what they hold; those that `bare` lacks are optional. */
const described = (full: object, bare: object): ReadonlyArray<string> =>
  Object.entries(full).map(([name, value]) => {
    const kind = Array.isArray(value) ? "list" : typeof value === "number" ? "integer" : typeof value === "object" ? "object" : "text"
    return `${name}${name in bare ? "" : "?"}: ${kind}`
  })

/** The shapes that this program writes. */
export const shapesNow = (folder: string, definitions: ReadonlyArray<EventDefinition>, projections: ReadonlyArray<Projection>): Shapes => {
  const body = bodyNow()
  const chain = `v${body.v}/chain.json`
  const [first] = definitions
  return {
    commits: { [`v${body.v}`]: { fields: body.fields, golden: chain, sha256: sha256Of(folder, chain) } },
    envelope: described(written(textOf(first!, true)), written(textOf(first!, false))),
    kinds: kindsOf(definitions),
    events: Object.fromEntries(
      definitions.map((definition) => {
        const file = goldenEvents(folder).find((one) => one.file.endsWith(`/${fileOf(definition)}`))?.file ?? `v${body.v}/${fileOf(definition)}`
        return [definition.type, { [`v${definition.v}`]: { fields: fieldsOf(definition), golden: file, sha256: sha256Of(folder, file) } }]
      })
    ),
    rows: Object.fromEntries(
      projections.map((projection) => {
        const { name, version, key, columns, unhashed = [] } = projection
        const named = Object.entries(columns).map(([column, kind]) => `${column}: ${kind}`)
        return [name, { [`v${version}`]: { key, columns: named, unhashed, folded: foldedHash(folder, projection) } }]
      })
    )
  }
}

/** As the codec writes it. */
const written = (text: string): object => JSON.parse(ledgerCodec.encode(ledgerCodec.decode(JSON.parse(text)))) as object

const foldedHash = (folder: string, projection: Projection): string => {
  const rows = new Map<string, { eventNo: number; row: RowOf<Columns>; key: ReadonlyArray<string | number> }>()
  for (const { no, id, hash, body } of JSON.parse(readGolden(folder, "v1/chain.json")) as ReadonlyArray<{ no: number; id: string; hash: string; body: string }>) {
    const { events } = JSON.parse(Buffer.from(body, "hex").toString("utf8")) as { events: ReadonlyArray<Record<string, unknown>> }
    for (const event of events.map(ledgerCodec.decode)) {
      for (const key of projection.keysOf(event)) {
        const before = rows.get(JSON.stringify(key))?.row ?? projection.empty(key)
        const row = projection.fold(before, event, { no, id, hash })
        if (row !== before) rows.set(JSON.stringify(key), { eventNo: event.eventNo, row, key })
      }
    }
  }
  const hasher = contentHasher(projection)
  for (const { eventNo, row } of [...rows.values()].toSorted((a, b) => compareCells(a.key, b.key))) hasher.add({ partition: 0, eventNo, row })
  return hasher.done().hash
}

const kindsOf = (definitions: ReadonlyArray<EventDefinition>): Shapes["kinds"] => {
  const found = new Map<string, Set<string>>()
  for (const { data } of definitions) {
    for (const field of Object.values(data.fields)) {
      const ast = field.ast as unknown as { readonly _tag: string; readonly checks?: ReadonlyArray<{ readonly annotations?: { readonly expected?: string } }> }
      if (ast._tag !== "String") continue
      const kind = KINDS[kindOf(field as Schema.Constraint)]!
      const patterns = (ast.checks ?? []).map(({ annotations }) => annotations?.expected ?? "a check of its own")
      found.set(kind, (found.get(kind) ?? new Set()).add(patterns.join(" and ") || "any text"))
    }
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, patterns]) => [kind, [...patterns].toSorted()]))
}
