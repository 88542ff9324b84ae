import { describe, expect, it } from "vitest"
import { bodyOf, BrokenChain, checkRoot, followChecked, readChecked } from "#streams/chain.ts"
import { commitHash, EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { chainOf, plain } from "#tests/contracts/commits.ts"

const commits = chainOf([1, 2, 0, 3, 1, 1])
const other = chainOf([1, 2, 1, 1, 1], { writer: "b" })

/** A log that gives back these commits, in batches of three. */
const logOf = (stored: ReadonlyArray<StoredCommit>) => {
  async function* read(_: number, from: number) {
    for (let at = from - 1; at < stored.length; at += 3) yield stored.slice(at, at + 3)
  }
  return { read, follow: read }
}

const changed = (no: number, change: (commit: StoredCommit) => Partial<StoredCommit>) =>
  commits.map((commit) => (commit.no === no ? { ...commit, ...change(commit) } : commit))

/** The commits that a reader got before it stopped, and what stopped it. */
const readTill = async (stored: ReadonlyArray<StoredCommit>, { after = EMPTY_CHAIN, roots = false } = {}) => {
  const sound: Array<StoredCommit> = []
  try {
    for await (const batch of readChecked(logOf(stored), 0, after)) {
      for (const checked of batch) {
        if (roots) checkRoot(checked)
        sound.push(checked.stored)
      }
    }
  } catch (error) {
    return { sound: sound.length, error }
  }
  return { sound: sound.length, error: undefined }
}

const otherByte = (body: Uint8Array) => {
  const copy = Buffer.from(body)
  copy[copy.length - 3]! ^= 1
  return copy
}
const flipped = (hex: string) => hex.slice(0, -1) + (hex.endsWith("0") ? "1" : "0")
/** Somebody who can compute hashes, too. */
const resealed = (commit: StoredCommit): StoredCommit => ({
  ...commit,
  hash: commitHash(commit.prev, commit.id, commit.root, commit.body)
})
const withBody = (no: number, text: string) => changed(no, (commit) => resealed({ ...commit, body: Buffer.from(text) }))

describe("a checked reader", () => {
  it("gives a sound chain whole, from any place", async () => {
    expect(await readTill(commits, { roots: true })).toEqual({ sound: 6, error: undefined })
    expect(await readTill(commits, { after: commits[3]! })).toEqual({ sound: 2, error: undefined })
    const followed: Array<StoredCommit> = []
    const batches = followChecked(logOf(commits), 0, commits[0]!, new AbortController().signal)
    for await (const batch of batches) followed.push(...batch.map(({ stored }) => stored))
    expect(plain(followed)).toEqual(plain(commits.slice(1)))
  })

  it("parses bodies", async () => {
    for await (const batch of readChecked(logOf(commits), 0)) {
      for (const commit of batch) {
        const { stored } = commit
        const body = bodyOf(commit)
        expect(body).toMatchObject({ v: 1, partition: 0, no: stored.no, epoch: 1 })
        expect(JSON.stringify(body)).toBe(Buffer.from(stored.body).toString())
      }
    }
  })

  it.each<[string, number, ReadonlyArray<StoredCommit>, RegExp]>([
    ["another byte in a body", 4, changed(4, ({ body }) => ({ body: otherByte(body) })), /its hash differs/],
    ["a body that is cut", 2, changed(2, ({ body }) => ({ body: body.subarray(0, -1) })), /its hash differs/],
    ["another prev", 5, changed(5, ({ prev }) => ({ prev: flipped(prev) })), /does not follow the commit before/],
    ["another root", 3, changed(3, ({ root }) => ({ root: flipped(root) })), /its hash differs/],
    ["another id", 3, changed(3, ({ id }) => ({ id: `${id}x` })), /its hash differs/],
    ["another hash", 6, changed(6, ({ hash }) => ({ hash: flipped(hash) })), /its hash differs/],
    ["a missing commit", 3, commits.filter(({ no }) => no !== 3), /continues with commit 4/],
    ["a missing beginning", 1, commits.slice(1), /continues with commit 2/],
    ["a repeated commit", 3, commits.toSpliced(2, 0, commits[1]!), /continues with commit 2/],
    ["commits in another order", 4, [0, 1, 2, 4, 3, 5].map((i) => commits[i]!), /continues with commit 5/],
    ["a commit of another history", 2, [commits[0]!, ...other.slice(1)], /does not follow the commit before/],
    ["a commit without a number", 2, changed(2, () => ({ no: Number.NaN })), /continues with commit NaN/],
    ["a body that is not JSON", 2, withBody(2, "{"), /not JSON/],
    ["a body of another version", 2, withBody(2, '{"v":2,"partition":0,"no":2,"events":[]}'), /version 2 is unknown/],
    ["a body of another place", 2, withBody(2, '{"v":1,"partition":0,"no":3,"events":[]}'), /names another place/],
    ["a body of another partition", 2, withBody(2, '{"v":1,"partition":1,"no":2,"events":[]}'), /names another place/]
  ])("stops at %s, names it, and gives what is sound before", async (_, no, stored, reason) => {
    const { sound, error } = await readTill(stored)
    expect(error).toBeInstanceOf(BrokenChain)
    expect(error).toMatchObject({ partition: 0, no, message: expect.stringMatching(reason) })
    expect((error as Error).message).toContain(`partition 0 is damaged at commit ${no}:`)
    expect(sound).toBe(no - 1)
  })

  it("finds events that were changed together with their hash, at the next commit or by the root", async () => {
    const forged = changed(2, (commit) =>
      resealed({ ...commit, body: Buffer.from(Buffer.from(commit.body).toString().replace("Noted", "Moved")) })
    )
    expect(await readTill(forged)).toMatchObject({ sound: 2, error: { no: 3 } })
    expect(await readTill(forged.slice(0, 2))).toEqual({ sound: 2, error: undefined })
    expect(await readTill(forged.slice(0, 2), { roots: true })).toMatchObject({ sound: 1, error: { no: 2 } })
  })

  it("refuses a commit of another partition", async () => {
    const elsewhere = sealCommit(commits[1]!, 1, 1, "a", [])
    expect(await readTill([...commits.slice(0, 2), elsewhere])).toMatchObject({ sound: 2, error: { no: 3 } })
  })
})
