import { beforeAll, describe, expect, it } from "vitest"
import { memoryAnchors } from "#infra/memory/anchor-book.ts"
import { memoryKeys } from "#infra/memory/anchor-keys.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { makeAnchorer, type Anchorer } from "#streams/anchors/anchorer.ts"
import { checkBook } from "#streams/anchors/checked-book.ts"
import { EMPTY_CHAIN, sealCommit, type ChainHead } from "#streams/commit.ts"
import { checkProof } from "#streams/proof/check-proof.ts"
import { parseProof, ProofRefused, proofText, type OrderProof, type StatedProof } from "#streams/proof/proof-file.ts"
import { proveOrder } from "#streams/proof/prove-order.ts"
import { sha256Hex } from "#streams/archive/seal.ts"

const AT = "2026-01-02T03:04:05.000000000Z"

/** Commits of two orders that trade in turns, with other things between; an anchor after every fourth commit. */
const firm = async () => {
  const log = memoryLog()
  const book = memoryAnchors()
  const anchorer = makeAnchorer({ book, keys: memoryKeys(), clock: () => AT })
  let head: ChainHead = EMPTY_CHAIN
  let eventNo = 0
  const event = (type: string, data: object) =>
    JSON.stringify({ eventNo: ++eventNo, type, recordedAt: AT, effectiveAt: AT, data })
  const commit = async (...events: ReadonlyArray<string>) => {
    const stored = sealCommit(head, 0, 1, "w", events)
    await log.append(stored)
    head = stored
    if (stored.no % 4 === 0) await anchorer.sign({ partition: 0, no: stored.no, hash: stored.hash, eventNo })
  }
  await commit()
  await commit(event("Noted", {}), event("OrderPlaced", { orderId: "0-2" }), event("OrderPlaced", { orderId: "0-3" }))
  for (let fill = 1; fill <= 3; fill++) {
    await commit(event("OrderFilled", { orderId: "0-2", fill }), event("Noted", {}))
    await commit(event("OrderFilled", { orderId: "0-3", fill }), event("Noted", {}), event("Noted", {}))
    await commit(event("Noted", {}))
  }
  await commit(event("Noted", {}))
  return { log, book, anchorer }
}

const prove = async ({ log, book, anchorer }: Awaited<ReturnType<typeof firm>>, order: string) => {
  const { anchors, keys } = await checkBook(book)
  return await stated(anchorer, await proveOrder(order, { log, anchors, keys }))
}
const stated = async (anchorer: Anchorer, made: Awaited<ReturnType<typeof proveOrder>>): Promise<StatedProof> => ({
  ...made.proof,
  statement: await anchorer.state(sha256Hex(proofText(made.proof)), made.upTo)
})
const bytesOf = (proof: OrderProof) => Buffer.from(proofText(proof), "utf8")

describe("a proof of one order", () => {
  let ours: Awaited<ReturnType<typeof firm>>
  let proof: StatedProof
  beforeAll(async () => {
    ours = await firm()
    proof = await prove(ours, "0-2")
  })

  it("shows its events and nothing else of the ledger, to whoever has the firm's key", async () => {
    const { publicKey } = await ours.anchorer.key()
    const checked = checkProof(bytesOf(proof), publicKey)
    expect(checked.events.map(({ type, commit }) => `${commit} ${type}`)).toEqual([
      "2 OrderPlaced",
      "3 OrderFilled",
      "6 OrderFilled",
      "9 OrderFilled"
    ])
    expect(checked.key).toMatchObject({ publicKey, trusted: true })
    expect(checked.complete.upTo).toBe(12)
    expect(proof.parts.map(({ anchor }) => anchor.no)).toEqual([4, 8, 12])
    expect(bytesOf(proof).toString()).not.toMatch(/Noted|0-3/u)
  })

  it("holds with a key that was replaced since, and with one that the old key vouches for", async () => {
    const rotating = await firm()
    const old = await rotating.anchorer.key()
    const young = await rotating.anchorer.rotate()
    const later = await prove(rotating, "0-3")
    expect(checkProof(bytesOf(later), old.publicKey).key.id).toBe(old.key)
    // the new key was there only after these anchors were signed
    expect(() => checkProof(bytesOf(later), young.publicKey)).toThrow(/not one that the trusted key vouches for/u)
  })

  it("says that it cannot be had before an anchor covers it, or without such an order", async () => {
    const { log, book, anchorer } = ours
    const { anchors, keys } = await checkBook(book)
    const early = anchors.filter(({ no }) => no < 8)
    await expect(proveOrder("0-2", { log, anchors: early, keys })).rejects.toMatchObject({ code: "NotAnchoredYet" })
    await expect(proveOrder("0-4", { log, anchors, keys })).rejects.toMatchObject({ code: "UnknownOrder" })
    expect(await anchorer.key()).toBeDefined()
  })

  it("is refused when any byte of it is another", () => {
    const bytes = bytesOf(proof)
    const accepted: Array<string> = []
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 1 << (at % 8)
      try {
        checkProof(changed)
        accepted.push(`byte ${at}`)
      } catch (error) {
        if (!(error instanceof ProofRefused)) throw error
      }
    }
    expect(accepted).toEqual([])
  }, 60_000)

  it("is refused when it is cut or added to", () => {
    const bytes = bytesOf(proof)
    for (const length of [0, 1, 100, bytes.length - 1])
      expect(() => checkProof(bytes.subarray(0, length))).toThrow(ProofRefused)
    expect(() => checkProof(Buffer.concat([bytes, Buffer.from("\n")]))).toThrow(/not written as a proof/u)
    expect(() => checkProof(Buffer.concat([Buffer.from("\uFEFF"), bytes]))).toThrow(/not JSON/u)
  })

  type Change = (proof: StatedProof) => OrderProof
  const inPart = (index: number, change: (part: StatedProof["parts"][number]) => object): Change => {
    return (given) => ({
      ...given,
      parts: given.parts.map((part, i) => (i === index ? { ...part, ...change(part) } : part))
    })
  }
  const tampered: ReadonlyArray<readonly [string, Change]> = [
    ["an event is left out", inPart(0, ({ events }) => ({ events: events.slice(0, 1) }))],
    ["a part is left out", (given) => ({ ...given, parts: given.parts.slice(0, 2) })],
    ["two events are in another order", inPart(0, ({ events }) => ({ events: events.toReversed() }))],
    ["two parts are in another order", (given) => ({ ...given, parts: given.parts.toReversed() })],
    ["an event is said twice", inPart(1, ({ events }) => ({ events: [...events, ...events] }))],
    ["it is said to be of another order", (given) => ({ ...given, order: "0-3" })],
    ["a commit is left out", inPart(0, ({ commits }) => ({ commits: commits.slice(1) }))],
    ["a part has the anchor of another", (given) => inPart(0, () => ({ anchor: given.parts[1]!.anchor }))(given)],
    ["it has no keys", (given) => ({ ...given, keys: [] })]
  ]
  it.each(tampered)("is refused when %s, even by somebody who has the key and states it anew", async (_, change) => {
    const changed = change(proof)
    expect(() => checkProof(bytesOf(changed))).toThrow(ProofRefused)
    const { statement: _old, ...rest } = changed as StatedProof
    const anew = await stated(ours.anchorer, { proof: rest, upTo: 12 })
    // the holder of the key can leave events out at the end; then the signed statement is a lie that can be shown
    const lies = ["an event is left out", "a part is left out"].includes(_)
    if (lies) expect(checkProof(bytesOf(anew)).complete.upTo).toBe(12)
    else expect(() => checkProof(bytesOf(anew))).toThrow(ProofRefused)
  })

  it("is refused with another order's event, a foreign anchor, or a foreign key", async () => {
    const other = await prove(ours, "0-3")
    const mixed = inPart(0, ({ events }) => ({ events: [...events, other.parts[0]!.events.at(-1)!] }))(proof)
    const { statement: _, ...rest } = mixed as StatedProof
    expect(() => checkProof(bytesOf(mixed))).toThrow(/about another proof/u)
    await expect(
      stated(ours.anchorer, { proof: rest, upTo: 12 }).then((anew) => checkProof(bytesOf(anew)))
    ).rejects.toThrow(/of another order/u)

    const stranger = await firm()
    const strange = await prove(stranger, "0-2")
    const foreign = inPart(0, () => ({ anchor: strange.parts[0]!.anchor }))(proof)
    expect(() => checkProof(bytesOf(foreign))).toThrow(/about another proof/u)
    const { statement: __, ...foreignRest } = foreign as StatedProof
    const restated = await stated(ours.anchorer, { proof: foreignRest, upTo: 12 })
    expect(() => checkProof(bytesOf(restated))).toThrow(/is not among its keys/u)
    // a stranger can prove what he likes with his own key: what counts is the key that is known to be the firm's
    expect(checkProof(bytesOf(strange)).key.trusted).toBe(false)
    const { publicKey } = await ours.anchorer.key()
    expect(() => checkProof(bytesOf(strange), publicKey)).toThrow(/none of those that signed/u)
  })

  it("reads what it wrote", () => {
    expect(parseProof(bytesOf(proof))).toMatchObject({ order: "0-2", partition: 0 })
  })
})
