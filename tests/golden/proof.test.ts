// The formats by which the ledger is proved, kept for ever: archive, anchors, proof of an order (README.md).
import { createPrivateKey } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { memoryAnchors } from "#infra/memory/anchor-book.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryObjects } from "#infra/memory/object-store.ts"
import { makeAnchorer, type AnchorKeys } from "#streams/anchors/anchorer.ts"
import { checkBook } from "#streams/anchors/checked-book.ts"
import { keyIdOf, publicHex } from "#streams/anchors/records.ts"
import { readArchive } from "#streams/archive/archive.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import { packEvents } from "#streams/archive/pack-events.ts"
import { eventUnpacker } from "#streams/archive/unpack-events.ts"
import { sha256Hex } from "#streams/archive/seal.ts"
import { decodeCommits, encodeCommits } from "#streams/archive/segment.ts"
import { EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { checkProof } from "#streams/proof/check-proof.ts"
import { proofText } from "#streams/proof/proof-file.ts"
import { proveOrder } from "#streams/proof/prove-order.ts"
import { plain, readAll } from "#tests/contracts/commits.ts"
import type { Golden } from "./samples.ts"

const FOLDER = join(import.meta.dirname, "proof")
const AT = "2026-01-02T03:04:05.000000000Z"

/** What is stored under a name; UPDATE_GOLDEN=1 writes what does not exist. */
const golden = (name: string, made: Uint8Array): Buffer => {
  const file = join(FOLDER, name)
  if (!existsSync(file) && process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, made)
  }
  return readFileSync(file)
}

/** Keys made of their number: signatures of Ed25519 hold no chance. */
const numberedKeys = (): AnchorKeys => {
  let made = 0
  const keyOf = (no: number) => {
    const seed = Buffer.alloc(32, no).toString("hex")
    const der = Buffer.from(`302e020100300506032b657004220420${seed}`, "hex")
    const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    const publicKey = publicHex(privateKey)
    return { id: keyIdOf(publicKey), publicKey, privateKey }
  }
  return {
    make: async () => keyOf(++made),
    find: async (id) => Array.from({ length: made }, (_, i) => keyOf(i + 1)).find((key) => key.id === id),
    forget: async () => undefined
  }
}

const commits = (): ReadonlyArray<StoredCommit> => {
  const event = (eventNo: number, type: string, data: object) =>
    JSON.stringify({ eventNo, type, recordedAt: AT, effectiveAt: AT, data })
  const placed = event(2, "OrderPlaced", { orderId: "0-2", note: "größer" })
  const one = sealCommit(EMPTY_CHAIN, 0, 1, "w", [])
  const two = sealCommit(one, 0, 1, "w", [event(1, "Noted", {}), placed, event(3, "Noted", {})])
  const three = sealCommit(two, 0, 1, "w", [event(4, "OrderFilled", { orderId: "0-2" })])
  return [one, two, three, sealCommit(three, 0, 1, "w", [event(5, "Noted", {})])]
}

/** Every golden event, whole and with nothing that may be absent, numbered. */
const everyEvent = (): ReadonlyArray<string> => {
  const files = readdirSync(join(import.meta.dirname, "v1")).filter((file) => file !== "chain.json")
  const texts = files.toSorted().flatMap((file) => {
    const { full, bare } = JSON.parse(readFileSync(join(import.meta.dirname, "v1", file), "utf8")) as Golden
    return [full, bare]
  })
  return texts.map((text, i) => JSON.stringify({ ...(JSON.parse(text) as object), eventNo: i + 1 }))
}

describe("golden files of what proves the ledger", () => {
  it("segment: the original bytes of its commits", () => {
    const bytes = golden("segment.txt", encodeCommits(commits()))
    expect(bytes.equals(encodeCommits(commits()))).toBe(true)
    expect(plain(decodeCommits(0, bytes).commits)).toEqual(plain(commits()))
  })

  it("archive: seals and packed segments, whatever packs them today", async () => {
    const [log, made] = [memoryLog(), memoryObjects()]
    for (const commit of commits()) {
      await log.append(commit)
      if (commit.no % 2 === 0) await archiveOn({ log, store: made, partition: 0, segmentBytes: 1e6 })
    }
    const names = (await made.list("")).map(({ key }) => key)
    for (const key of names.filter((name) => name.startsWith("seals/"))) golden(`archive/${key}`, (await made.get(key))!)
    // packed bytes, and so the names of segments, may differ with another version of zstd: what is stored says which
    const stored = new Map<string, Uint8Array>()
    for (const key of names.filter((name) => name.startsWith("seals/"))) {
      const seal = golden(`archive/${key}`, new Uint8Array())
      const [, object] = /"object":"([^"]*)"/u.exec(seal.toString("utf8"))!
      stored.set(key, seal)
      stored.set(object!, golden(`archive/${object!}`, (await made.get(object!)) ?? new Uint8Array()))
    }
    const read: Array<StoredCommit> = []
    for await (const some of readArchive(memoryObjects(stored), 0)) read.push(...some)
    expect(plain(read)).toEqual(plain(await readAll(log)))
  })

  it("the second form of a segment: what every version of an event was ever stored as, read as its JSON is", () => {
    const lines = golden("events.jsonl", Buffer.from(everyEvent().join("\n")))
      .toString("utf8")
      .split("\n")
    const told = (text: string) => ledgerCodec.decode(JSON.parse(text) as Record<string, unknown>)
    const place = { no: 7, id: "0-1-7-größer", hash: "5".repeat(64) }
    const commit = { ...place, events: lines.map(told), json: (i: number) => lines[i]! }
    const bytes = golden("events.form1", packEvents(ledgerCodec.types, 0, 1, [commit]))
    const read = [...eventUnpacker(ledgerCodec)(bytes)!.runs()].flat()
    expect(read.map((one) => one.place())).toEqual([place])
    expect(read[0]!.events).toHaveLength(lines.length)
    for (const [i, event] of read[0]!.events.entries()) expect(ledgerCodec.encode(event)).toBe(ledgerCodec.encode(told(lines[i]!)))
  })

  it("anchors and the proof of an order", async () => {
    const [log, book] = [memoryLog(), memoryAnchors()]
    const anchorer = makeAnchorer({ book, keys: numberedKeys(), clock: () => AT })
    for (const commit of commits()) await log.append(commit)
    const [, two, , four] = commits()
    await anchorer.sign({ partition: 0, no: 2, hash: two!.hash, eventNo: 3 })
    await anchorer.rotate()
    await anchorer.sign({ partition: 0, no: 4, hash: four!.hash, eventNo: 5 })
    const lines = Buffer.from((await book.read(0)).lines.map((line) => `${line}\n`).join(""))
    expect(golden("anchors.jsonl", lines).equals(lines)).toBe(true)

    const { anchors, keys } = await checkBook(book)
    const { proof, upTo } = await proveOrder("0-2", { log, anchors, keys })
    const statement = await anchorer.state(sha256Hex(proofText(proof)), upTo)
    const text = Buffer.from(proofText({ ...proof, statement }))
    const stored = golden("order-proof.json", text)
    expect(stored.equals(text)).toBe(true)
    expect(checkProof(stored, keys[0]!.publicKey).events.map(({ type }) => type)).toEqual(["OrderPlaced", "OrderFilled"])
  })
})
