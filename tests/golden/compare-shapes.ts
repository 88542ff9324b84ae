// What may never happen to a shape that was stored, in sentences; and how the record grows.
import type { EventDefinition } from "#domain/kernel/event.ts"
import type { Shapes, Stored } from "./stored-shapes.ts"

type Upcasts = ReadonlyMap<string, EventDefinition["upcasts"]>
type VersionsOf = { readonly [version: string]: unknown }

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const numbers = (versions: VersionsOf): ReadonlyArray<number> =>
  Object.keys(versions).map((key) => Number(key.slice(1))).toSorted((a, b) => a - b)
const newest = (versions: VersionsOf): number => numbers(versions).at(-1) ?? 0
const nameOf = (field: string): string => field.slice(0, field.indexOf(":")).replace("?", "")

/** `price?: amount` and the like: what was done to a list of them, in words. */
const changes = (was: ReadonlyArray<string>, is: ReadonlyArray<string>): string => {
  const before = new Map(was.map((field) => [nameOf(field), field]))
  const after = new Map(is.map((field) => [nameOf(field), field]))
  const told = [
    ...[...before].filter(([name]) => !after.has(name)).map(([name]) => `${name} is gone (renamed or removed)`),
    ...[...after].filter(([name]) => !before.has(name)).map(([, field]) => `${field} is new`),
    ...[...after].filter(([name, field]) => before.has(name) && before.get(name) !== field).map(([name, field]) => `${before.get(name)} became ${field}`)
  ]
  return told.length > 0 ? told.join("; ") : "the order of its fields changed"
}

/** Everything about the program's shapes that breaks the promise of the record; empty when it is kept. */
export const brokenPromises = (record: Shapes, now: Shapes, upcasts: Upcasts, sha256Of: (file: string) => string): ReadonlyArray<string> => [
  ...versioned("the body of commits", record.commits, now.commits, "a commit's body"),
  ...goldenFaults("the body of commits", record.commits, sha256Of),
  ...(same(record.envelope, now.envelope) ? [] : [`what stands around an event's data changed: ${changes(record.envelope, now.envelope)}. That takes a new version of the commit's body`]),
  ...Object.entries(record.kinds).flatMap(([kind, patterns]) =>
    patterns.every((pattern) => now.kinds[kind]?.includes(pattern)) ? [] : [`texts of kind ${kind} were ${patterns.join(" or ")}, and now ${(now.kinds[kind] ?? ["nothing"]).join(" or ")}: what is stored must still be understood`]
  ),
  ...Object.entries(now.kinds).flatMap(([kind, patterns]) => (patterns.every((pattern) => record.kinds[kind]?.includes(pattern)) ? [] : [`the patterns of kind ${kind} are not all in the record`])),
  ...Object.entries(record.events).flatMap(([type, versions]) => [
    ...(now.events[type] === undefined ? [`event ${type} has disappeared: what is stored of it could not be read`] : versioned(`event ${type}`, versions, now.events[type], type)),
    ...(now.events[type] === undefined ? [] : [...missingSteps(type, now.events[type], upcasts), ...reused(type, { ...versions, ...now.events[type] })]),
    ...goldenFaults(`event ${type}`, versions, sha256Of)
  ]),
  ...Object.entries(now.events).flatMap(([type, versions]) => {
    if (record.events[type] !== undefined) return []
    return newest(versions) > 1 ? [`event ${type} begins with version ${newest(versions)}: the first is 1`] : [`event ${type} is not in the record`]
  }),
  ...Object.entries(now.rows).flatMap(([name, versions]) => rowFaults(name, record.rows[name], versions))
]

/** One version is written now: it must be as recorded, or the next one after the recorded. */
const versioned = (what: string, record: { readonly [v: string]: Stored }, now: { readonly [v: string]: Stored }, type: string): ReadonlyArray<string> => {
  const [was, is] = [newest(record), newest(now)]
  if (is < was) return [`version ${was} of ${what} has disappeared: this program knows up to ${is}`]
  if (is > was + 1) return [`${what} goes from version ${was} to ${is}: versions follow each other`]
  if (is > was) return [`version ${is} of ${what} is not in the record`]
  const [before, after] = [record[`v${was}`]!, now[`v${is}`]!]
  if (same(before.fields, after.fields)) return before.golden === after.golden ? [] : [`version ${was} of ${what} has another golden file, ${after.golden} for ${before.golden}`]
  return [`version ${was} of ${what} was changed: ${changes(before.fields, after.fields)}. It is stored and stays as it is: give ${type} version ${was + 1} with an upcast from ${was}`]
}

const goldenFaults = (what: string, versions: { readonly [v: string]: Stored }, sha256Of: (file: string) => string): ReadonlyArray<string> =>
  Array.from({ length: newest(versions) }, (_, i) => i + 1).flatMap((v) => {
    const stored = versions[`v${v}`]
    if (stored === undefined) return [`version ${v} of ${what} is missing in the record`]
    const sha256 = sha256Of(stored.golden)
    if (sha256 === "none") return [`the golden file of version ${v} of ${what} is missing: ${stored.golden}`]
    return sha256 === stored.sha256 ? [] : [`the golden file of version ${v} of ${what} was edited: ${stored.golden}`]
  })

const missingSteps = (type: string, now: VersionsOf, upcasts: Upcasts): ReadonlyArray<string> =>
  Array.from({ length: newest(now) - 1 }, (_, i) => i + 1)
    .filter((v) => upcasts.get(type)?.[v] === undefined)
    .map((v) => `event ${type} has no upcast from version ${v}`)

/** A name that a version gave up stays unused: with it, two meanings would be stored under one word. */
const reused = (type: string, versions: { readonly [v: string]: Stored }): ReadonlyArray<string> => {
  const given = new Map<string, number>()
  let before = new Set<string>()
  return numbers(versions).flatMap((v) => {
    const names = new Set(versions[`v${v}`]!.fields.map(nameOf))
    for (const name of before) if (!names.has(name)) given.set(name, v)
    before = names
    return [...names].filter((name) => given.has(name)).map((name) => `event ${type} uses ${name} again in version ${v}: version ${given.get(name)} gave that name up, take another`)
  })
}

const rowFaults = (name: string, record: Shapes["rows"][string] | undefined, now: Shapes["rows"][string]): ReadonlyArray<string> => {
  const is = newest(now)
  const was = record === undefined ? 0 : newest(record)
  if (is < was) return [`rows of ${name} go back from version ${was} to ${is}: tables and hashes of that version exist, go on to ${was + 1}`]
  if (is > was) return [`version ${is} of the rows of ${name} is not in the record`]
  const [before, after] = [record![`v${was}`]!, now[`v${is}`]!]
  if (same(before, after)) return []
  const told = [
    ...(same(before.columns, after.columns) ? [] : [changes(before.columns, after.columns)]),
    ...(same(before.key, after.key) && same(before.unhashed, after.unhashed) ? [] : ["its key, or what its hash leaves out"]),
    ...(before.folded === after.folded ? [] : ["the same events give other rows"])
  ]
  return [`version ${was} of the rows of ${name} was changed: ${told.join("; ")}. Tables and content hashes of that version exist: give it version ${was + 1}`]
}

/** The record with what is new; what it has stays, whatever the program says now. */
export const grown = (record: Shapes, now: Shapes): Shapes => {
  const merge = <T>(old: { readonly [name: string]: T } = {}, more: { readonly [name: string]: T } = {}) => ({ ...more, ...old })
  const sorted = <T>(versions: { readonly [name: string]: T }) =>
    Object.fromEntries(Object.entries(versions).toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true })))
  const each = <T>(old: { readonly [name: string]: { readonly [v: string]: T } }, more: { readonly [name: string]: { readonly [v: string]: T } }) =>
    sorted(Object.fromEntries([...new Set([...Object.keys(old), ...Object.keys(more)])].map((name) => [name, sorted(merge(old[name], more[name]))])))
  return {
    commits: sorted(merge(record.commits, now.commits)),
    envelope: record.envelope.length > 0 ? record.envelope : now.envelope,
    kinds: sorted(Object.fromEntries(Object.keys({ ...now.kinds, ...record.kinds }).map((kind) => [kind, [...new Set([...(record.kinds[kind] ?? []), ...(now.kinds[kind] ?? [])])].toSorted()]))),
    events: each(record.events, now.events),
    rows: each(record.rows, now.rows)
  }
}
