// The second form of a segment must tell what its JSON tells, whatever is drawn; and what was changed in it is named.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ACCOUNT_EVENTS } from "#domain/account/events.ts"
import { Checks } from "#domain/risk/check-text.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryObjects } from "#infra/memory/object-store.ts"
import { DamagedArchive, readArchive } from "#streams/archive/archive.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import { headTypeOf } from "#streams/archive/event-form.ts"
import { packEvents } from "#streams/archive/pack-events.ts"
import { readArchivedEvents } from "#streams/archive/read-events.ts"
import { parseSeal, payloadKey, sealText, sha256Hex } from "#streams/archive/seal.ts"
import { pack } from "#streams/archive/segment.ts"
import { eventUnpacker } from "#streams/archive/unpack-events.ts"
import { makeCodec } from "#streams/codec.ts"
import { EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import { compareCopies } from "#streams/copies/compare.ts"
import { archiveCopy, logCopy } from "#streams/copies/copy.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { plain as plainCommits } from "#tests/contracts/commits.ts"
import { eventOf, type Raw } from "#tests/streams/stored-events.ts"

/** Amounts and checks as texts: what JSON cannot tell apart otherwise. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one instanceof Checks ? one.text : one))
const copy = (raw: Raw): Raw => JSON.parse(JSON.stringify(raw)) as Raw
const numbered = (raws: ReadonlyArray<Raw>): ReadonlyArray<Raw> =>
  raws.map((raw, i) => ({ ...copy(raw), eventNo: i + 1 }))
const decoded = (raw: Raw): Recorded => ledgerCodec.decode(copy(raw))
const jsonOf = (raws: ReadonlyArray<Raw>) => (i: number) => JSON.stringify({ ...raws[i], eventNo: i + 1 })
const anyEvent = fc.constantFrom(...ACCOUNT_EVENTS).chain(eventOf)

const chained = (...commits: ReadonlyArray<ReadonlyArray<Raw | object>>): ReadonlyArray<StoredCommit> => {
  const made: Array<StoredCommit> = []
  for (const events of commits)
    made.push(
      sealCommit(
        made.at(-1) ?? EMPTY_CHAIN,
        0,
        1,
        "w",
        events.map((event) => JSON.stringify(event))
      )
    )
  return made
}
const archiveOf = async (commits: ReadonlyArray<StoredCommit>, objects = new Map<string, Uint8Array>()) => {
  const [log, store] = [memoryLog(), memoryObjects(objects)]
  for (const commit of commits) await log.append(commit)
  await archiveOn({ log, store, partition: 0, codec: ledgerCodec, segmentBytes: 4_000 })
  return { log, store, objects }
}
const eventsIn = async (store: ReturnType<typeof memoryObjects>, options = {}) => {
  const [events, forms, places] = [[] as Array<unknown>, [] as Array<string>, [] as Array<unknown>]
  for await (const segment of readArchivedEvents(store, 0, ledgerCodec, options)) {
    forms.push(segment.form)
    for (const run of segment.runs())
      for (const commit of run) {
        events.push(...commit.events)
        places.push(commit.place())
      }
  }
  return { events, forms, places }
}
const drawn = (count: number, seed = 11) => numbered(fc.sample(anyEvent, { numRuns: count, seed }))
const inCommits = (raws: ReadonlyArray<Raw>, size: number) =>
  Array.from({ length: Math.ceil(raws.length / size) }, (_, i) => raws.slice(i * size, (i + 1) * size))

describe("the second form of a segment", () => {
  it("gives what JSON gives, in the same order of keys, of every type and every combination of fields", () => {
    const unpack = eventUnpacker(ledgerCodec)
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 8 }), (raws) => {
        const events = numbered(raws).map(decoded)
        const [hash, id] = ["a".repeat(64), "0-1-1-w"]
        const bytes = packEvents(ledgerCodec.types, 0, 1, [{ no: 1, id, hash, events, json: jsonOf(raws) }])
        const runs = [...unpack(bytes)!.runs()].flat()
        expect(plain(runs.flatMap((commit) => commit.events))).toBe(plain(events))
        expect(runs.map((commit) => commit.place())).toEqual([{ no: 1, id, hash }])
      }),
      { numRuns: 300 }
    )
  })

  it("is had by every type that has no fields within fields", () => {
    const nested = ledgerCodec.types.filter((type) => headTypeOf(type) === undefined)
    expect(nested.map(({ type }) => type)).toEqual([
      "InstrumentAdopted",
      "GroupMovedOut",
      "GroupMovedIn",
      "GroupReturned"
    ])
  })

  it("is sealed beside the originals and read in their place, commit by commit", async () => {
    const raws = drawn(120)
    const commits = chained([], ...inCommits(raws, 7), [])
    const { store } = await archiveOf(commits)
    const { events, forms, places } = await eventsIn(store)
    expect(new Set(forms)).toEqual(new Set(["events"]))
    expect(forms.length).toBeGreaterThan(3)
    expect(plain(events)).toBe(plain(raws.map(decoded)))
    expect(places).toEqual(commits.map(({ no, id, hash }) => ({ no, id, hash })))
    const originals: Array<StoredCommit> = []
    for await (const some of readArchive(store, 0)) originals.push(...some)
    expect(plainCommits(originals)).toEqual(plainCommits(commits))
    const again = await eventsIn(store, { originals: true })
    expect(new Set(again.forms)).toEqual(new Set(["commits"]))
    expect(plain(again.events)).toBe(plain(events))
  })

  it("is not needed: where a segment has none its originals are read", async () => {
    const raws = drawn(30)
    const commits = chained(...inCommits(raws, 3))
    const [log, store] = [memoryLog(), memoryObjects()]
    for (const [i, commit] of commits.entries()) {
      await log.append(commit)
      const isPlain = i < 5
      await archiveOn({ log, store, partition: 0, segmentBytes: 1, ...(!isPlain && { codec: ledgerCodec }) })
    }
    const { events, forms } = await eventsIn(store)
    expect(forms).toEqual([...Array(5).fill("commits"), ...Array(5).fill("events")])
    expect(plain(events)).toBe(plain(raws.map(decoded)))
  })

  it("keeps as JSON what this program does not know, and a field that no schema names", async () => {
    const [one] = fc.sample(eventOf(ACCOUNT_EVENTS.find(({ type }) => type === "Deposited")!), { seed: 5 })
    const odd = { ...copy(one!), eventNo: 1, data: { ...(one!["data"] as object), later: "x" } }
    const { store } = await archiveOf(chained([odd]))
    const { events, forms } = await eventsIn(store)
    expect(forms).toEqual(["events"])
    // a new field is of a newer version: what an older program makes of it is what it makes of the JSON
    expect(plain(events)).toBe(plain([decoded(odd)]))
    const dreamt = await archiveOf(chained([{ ...one!, eventNo: 1, type: "Dreamt" }]))
    await expect(eventsIn(dreamt.store)).rejects.toThrow("event type Dreamt is unknown to this program")
  })

  it("brings events of an older version up to date as their JSON is", () => {
    const known = ACCOUNT_EVENTS.find(({ type }) => type === "Deposited")!
    const older = makeCodec<never>([{ ...known, v: 1, upcasts: {} }])
    const newer = makeCodec<never>([
      { ...known, v: 2, upcasts: { 1: (data) => ({ ...data, amount: `${data["amount"] as string}0` }) } }
    ])
    const raws = numbered(fc.sample(eventOf(known), { numRuns: 9, seed: 3 })).map((raw) => ({
      ...raw,
      data: { ...(raw["data"] as object), amount: "1.5" }
    }))
    const events = raws.map((raw) => older.decode(copy(raw)) as Recorded)
    const bytes = packEvents(older.types, 0, 1, [{ no: 1, id: "i", hash: "b".repeat(64), events, json: jsonOf(raws) }])
    const read = [...eventUnpacker(newer)(bytes)!.runs()].flat().flatMap((commit) => commit.events)
    expect(plain(read)).toBe(plain(raws.map((raw) => newer.decode(copy(raw)))))
    expect((read[0] as Recorded | undefined)?.v).toBe(2)
  })

  it("of a version to come is left alone", () => {
    const bytes = Buffer.from(`${JSON.stringify({ v: 2, whatever: true })}\nbytes`)
    expect(eventUnpacker(ledgerCodec)(bytes)).toBeUndefined()
  })
})

describe("a second form that is not what was sealed", () => {
  const faults = async ({ log, store }: Awaited<ReturnType<typeof archiveOf>>) => {
    const copies = [logCopy("ledger", log), archiveCopy("archive", store, ledgerCodec)]
    return (await compareCopies({ partition: 0, copies, anchors: [] })).faults
  }
  const archive = () => archiveOf(chained(...inCommits(drawn(60), 5)))
  const formKey = (objects: Map<string, Uint8Array>) => [...objects.keys()].find((key) => key.endsWith(".events.zst"))!

  it("is found by its reader and by the comparison, whichever byte was changed", async () => {
    const made = await archive()
    expect(await faults(made)).toEqual([])
    const key = formKey(made.objects)
    const sound = made.objects.get(key)!
    for (const at of [0, Math.floor(sound.length / 2), sound.length - 1]) {
      const flipped = Uint8Array.from(sound)
      flipped[at]! ^= 1
      made.objects.set(key, flipped)
      await expect(eventsIn(made.store)).rejects.toThrow("it is not what was sealed")
      expect(await faults(made)).toMatchObject([
        {
          copy: "archive",
          kind: "changed",
          commit: 1,
          reason: `${key}: it is not what was sealed`,
          soundIn: ["ledger"]
        }
      ])
    }
    made.objects.delete(key)
    await expect(eventsIn(made.store)).rejects.toThrow("it is missing")
    expect(await faults(made)).toMatchObject([{ reason: `${key}: it is missing` }])
    // the originals stand for themselves
    expect((await eventsIn(made.store, { originals: true })).events).toHaveLength(60)
  })

  /** Puts another second form beside the last segment, and a seal for it: no other one is chained to that. */
  const reseal = async ({ store, objects }: Awaited<ReturnType<typeof archiveOf>>, form: Buffer): Promise<string> => {
    const sealKey = (await store.list("seals/")).at(-1)!.key
    const seal = parseSeal(objects.get(sealKey)!)!
    const packed = await pack(form, 1)
    const object = payloadKey(0, seal.first, seal.last, sha256Hex(packed), "events")
    const sizes = { size: packed.length, sha256: sha256Hex(packed), originalSize: form.length }
    objects.set(object, packed)
    const payload = { name: "events", object, encoding: "zstd", ...sizes, originalSha256: sha256Hex(form) } as const
    objects.set(sealKey, Buffer.from(sealText({ ...seal, payloads: [seal.payloads[0]!, payload] })))
    return object
  }
  const lastSegment = async (store: ReturnType<typeof memoryObjects>) => {
    const segments = []
    for await (const segment of readArchivedEvents(store, 0, ledgerCodec)) segments.push(segment)
    const { seal, runs } = segments.at(-1)!
    const commits = [...runs()].flat().map(({ events, place }) => {
      const json = (i: number) => ledgerCodec.encode(events[i] as never)
      return { ...place(), events: [...events] as Array<Recorded>, json }
    })
    return { seal, commits }
  }

  it("is found by the comparison where the seal was made anew for it", async () => {
    const made = await archive()
    const { seal, commits } = await lastSegment(made.store)
    const forged = commits.at(-1)!
    forged.events[0] = { ...forged.events[0]!, actor: "nobody" }
    const object = await reseal(made, packEvents(ledgerCodec.types, 0, seal.firstEvent, commits))
    expect((await eventsIn(made.store)).events).toHaveLength(60) // the seal vouches for it, and nobody for the seal
    expect(await faults(made)).toMatchObject([
      {
        copy: "archive",
        kind: "changed",
        commit: seal.first,
        last: seal.last,
        reason: `${object}: its events of commit ${forged.no} are not those of the original`
      }
    ])
  })

  it("is damage to its reader where it cannot be right, whoever sealed it", async () => {
    const made = await archive()
    const { seal, commits } = await lastSegment(made.store)
    const sound = packEvents(ledgerCodec.types, 0, seal.firstEvent, commits)
    const head = sound.indexOf(10)
    const asHead = (text: string) => Buffer.concat([Buffer.from(text), sound.subarray(head)])
    const text = sound.toString("utf8", 0, head)
    for (const [form, reason] of [
      [sound.subarray(0, sound.length - 3), "end too early"],
      [Buffer.concat([sound, Buffer.from("x")]), "left over"],
      [sound.subarray(0, head + 5), "end before the records"],
      [
        asHead(text.replace('"orderId"', '"order-id"').replace('"text"', '"words"')),
        "its head is not one of this program"
      ],
      [
        asHead(text.replace(`"first":${seal.first}`, `"first":${seal.first + 1}`)),
        "it is of other commits than its seal"
      ]
    ] as const) {
      const object = await reseal(made, form)
      const error = await eventsIn(made.store).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(DamagedArchive)
      expect((error as Error).message).toContain(reason)
      expect((error as Error).message).toContain(object)
      expect(await faults(made)).toMatchObject([{ kind: "changed", reason: expect.stringContaining(object) }])
    }
  })
})
