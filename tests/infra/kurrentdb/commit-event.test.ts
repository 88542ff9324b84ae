import { describe, expect, it } from "vitest"
import { commitOf, eventIdOf, eventOf, expectedBefore, revisionOf, streamOf } from "#infra/kurrentdb/commit-event.ts"
import { BrokenChain, checkCommit } from "#streams/chain.ts"
import { EMPTY_CHAIN } from "#streams/commit.ts"
import { chainOf, plain } from "#tests/contracts/commits.ts"

const commits = chainOf([1, 0, 3], { partition: 7, note: 'żółć "\\\u0000\u2028 €' })
/** As the server keeps an event and the client gives it back: bytes as they were, metadata through JSON. */
const stored = (event: ReturnType<typeof eventOf>, revision: bigint) => ({
  type: event.type,
  isJson: false,
  revision,
  data: Uint8Array.from(event.data),
  metadata: JSON.parse(JSON.stringify(event.metadata)) as unknown
})

describe("a commit as an event of KurrentDB", () => {
  it("comes back the same, byte by byte", () => {
    const back = commits.map((commit, i) => commitOf(7, stored(eventOf(commit), BigInt(i))))
    expect(plain(back)).toEqual(plain(commits))
    let head = EMPTY_CHAIN
    for (const commit of back) head = checkCommit(head, commit, 7).stored
  })

  it("is bytes with texts beside them: JSON would be written anew on the way", () => {
    const event = eventOf(commits[2]!)
    expect(event).toMatchObject({ contentType: "application/octet-stream", type: "Commit" })
    expect(Object.values(event.metadata as object).every((value) => typeof value === "string")).toBe(true)
  })

  it("has an id that is a UUID made of its hash, and so the same when it is sent again", () => {
    const ids = commits.map(({ hash }) => eventIdOf(hash))
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(ids).size).toBe(commits.length)
    expect(eventIdOf("0123456789abcdef".repeat(4))).toBe("01234567-89ab-8def-8123-456789abcdef")
    expect(eventIdOf("f".repeat(64))).toBe("ffffffff-ffff-8fff-bfff-ffffffffffff")
  })

  it("stands at its number less one, and asks for the commit before it, or for no stream", () => {
    expect([1, 2, 1_000_000].map(revisionOf)).toEqual([0n, 1n, 999_999n])
    expect([1, 2, 3].map(expectedBefore)).toEqual(["no_stream", 0n, 1n])
    expect(streamOf("ledger", 12)).toBe("ledger-12")
  })

  it.each([
    ["of another type", { type: "Other" }],
    ["without metadata", { metadata: undefined }],
    ["with metadata that are bytes", { metadata: Uint8Array.from([1, 2]) }],
    ["with a number for a hash", { metadata: { ...(eventOf(commits[0]!).metadata as object), hash: 7 } }],
    ["of JSON", { isJson: true, data: { v: 1 } }],
    ["in another place", { revision: 1n }]
  ])("shows as damage where somebody put an event %s", (_, change) => {
    const foreign = commitOf(7, { ...stored(eventOf(commits[0]!), 0n), ...change })
    expect(() => checkCommit(EMPTY_CHAIN, foreign, 7)).toThrow(BrokenChain)
  })
})
