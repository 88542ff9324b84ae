import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { checkBook } from "#streams/anchors/checked-book.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const clock = () => "2026-01-02T03:04:05.000000000Z"
const head = (no: number) => ({ partition: 0, no, hash: "a".repeat(64), eventNo: no })

describe("signing keys in a folder", () => {
  it("are made once, for their owner's eyes, and found again by the next process", async () => {
    using dir = tempDir("keys")
    const open = () =>
      makeAnchorer({
        book: anchorFile(join(dir.path, "anchors.jsonl")),
        keys: keyFolder(join(dir.path, "keys")),
        clock
      })
    const first = open()
    const made = await Promise.all([first.key(), first.sign(head(1))])
    expect((await open().sign(head(2))).key).toBe(made[0].key)
    const names = readdirSync(join(dir.path, "keys"))
    expect(names).toEqual([`${made[0].key}.pem`])
    if (process.platform === "win32") return
    expect(statSync(join(dir.path, "keys", names[0]!)).mode & 0o777).toBe(0o600)
    expect(statSync(join(dir.path, "keys")).mode & 0o777).toBe(0o700)
  })

  it("are replaced by one that the old one signs; who is running goes on with the new one", async () => {
    using dir = tempDir("keys")
    const book = anchorFile(join(dir.path, "anchors.jsonl"))
    const open = () => makeAnchorer({ book, keys: keyFolder(join(dir.path, "keys")), clock })
    const platform = open()
    const old = await platform.sign(head(1))
    const rotated = await open().rotate()
    expect(rotated.previous).toBe(old.key)
    expect((await platform.sign(head(2))).key).toBe(rotated.key)
    expect(readdirSync(join(dir.path, "keys"))).toEqual([`${rotated.key}.pem`])
    const { anchors, keys, faults } = await checkBook(book)
    expect(faults).toEqual([])
    expect(keys.map(({ key }) => key)).toEqual([old.key, rotated.key])
    expect(anchors).toHaveLength(2)
  })
})
