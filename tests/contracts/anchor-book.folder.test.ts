import { appendFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { anchorBookContract } from "./anchor-book.ts"

anchorBookContract("a file", async () => {
  const dir = tempDir("anchors")
  const open = async () => anchorFile(join(dir.path, "data", "anchors.jsonl"))
  return { open, discard: async () => dir[Symbol.dispose]() }
})

anchorBookContract("an archive in a folder", async () => {
  const dir = tempDir("anchors")
  return { open: async () => archivedAnchors(folderObjects(dir.path)), discard: async () => dir[Symbol.dispose]() }
})

describe("a file of anchors", () => {
  it("drops a line that was being written when its process ended", async () => {
    using dir = tempDir("anchors")
    const file = join(dir.path, "anchors.jsonl")
    const book = anchorFile(file)
    await book.append(["one"])
    appendFileSync(file, "tw")
    expect((await book.read(0)).lines).toEqual(["one"])
    expect(await book.last()).toBe("one")
    await book.append(["three"])
    expect((await book.read(0)).lines).toEqual(["one", "three"])
  })
})
