import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "vitest"
import { signRecord, type Anchor } from "#streams/anchors/records.ts"
import { zstdCompressSync, zstdDecompressSync } from "node:zlib"
import { generateKeyPairSync } from "node:crypto"
import { archivedLedger, archiveFolder, faultsIn, numberedChain, spoilLedger } from "#tests/streams/archive/archived.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const COMMITS = 45

const segmentsOf = (folder: string) => {
  const dir = join(archiveFolder(folder), "segments", "0")
  return readdirSync(dir)
    .toSorted()
    .map((name) => join(dir, name))
}
const sealsOf = (folder: string) => {
  const dir = join(archiveFolder(folder), "seals", "0")
  return readdirSync(dir)
    .toSorted()
    .map((name) => join(dir, name))
}

const insert = (db: DatabaseSync, commits: ReturnType<typeof numberedChain>) => {
  for (const { no, id, prev, root, hash, body } of commits) {
    db.prepare("delete from commits where no = ? or id = ?").run(no, id)
    db.prepare("insert into commits values (0, ?, ?, ?, ?, ?, ?)").run(no, id, prev, root, hash, body)
  }
}

/** The content of row `from` at place `at`, with an id of its own because ids are unique there. */
const copyRow = (db: DatabaseSync, from: number, at: number) => {
  const row = db.prepare("select id, prev, root, hash, body from commits where no = ?").get(from)!
  db.prepare("update commits set prev = ?, root = ?, hash = ?, body = ? where no = ?").run(
    row["prev"]!,
    row["root"]!,
    row["hash"]!,
    row["body"]!,
    at
  )
  return String(row["id"])
}

const damaged = async (spoil: (folder: string) => void) => {
  using folder = tempDir("copies")
  await archivedLedger(folder.path, COMMITS)
  spoil(folder.path)
  return await faultsIn(folder.path)
}

describe("comparing ledger and archive", () => {
  it("finds nothing wrong with sound ones, though the archive lags behind", async () => {
    expect(await damaged(() => undefined)).toEqual([])
  })

  const inLedger: ReadonlyArray<readonly [string, (db: DatabaseSync) => void, ReadonlyArray<string>]> = [
    [
      "flipped bits in two bodies",
      (db) => {
        for (const no of [7, 33]) {
          const body = Buffer.from(db.prepare("select body from commits where no = ?").get(no)!["body"] as Uint8Array)
          body[20]! ^= 1
          db.prepare("update commits set body = ? where no = ?").run(body, no)
        }
      },
      ["ledger changed 7 archive", "ledger changed 33 archive"]
    ],
    ["a deleted row", (db) => db.exec("delete from commits where no = 20"), ["ledger missing 20 archive"]],
    [
      "its end cut off, as far as the archive knows it",
      (db) => db.exec("delete from commits where no > 30"),
      ["ledger missing 31-40 archive"]
    ],
    [
      "a commit that was sealed anew, those after it not",
      (db) => {
        const [before] = numberedChain(12).slice(-1)
        insert(db, numberedChain(1, { head: before!, events: 36, note: "forged" }))
      },
      ["ledger forked 13", "archive forked 13"]
    ],
    [
      "a whole history forked from a commit on",
      (db) => {
        const [before] = numberedChain(24).slice(-1)
        insert(db, numberedChain(COMMITS - 24, { head: before!, events: 72, note: "forged" }))
      },
      ["ledger forked 25", "archive forked 25-40"]
    ],
    [
      "two commits in each other's places",
      (db) => {
        const six = db.prepare("select prev, root, hash, body, id from commits where no = 6").get()!
        const id = copyRow(db, 9, 6)
        const set = "update commits set prev = ?, root = ?, hash = ?, body = ?, id = ? where no = ?"
        db.prepare(set).run(six["prev"]!, six["root"]!, six["hash"]!, six["body"]!, "x", 9)
        db.prepare("update commits set id = ? where no = 6").run(id)
        db.prepare("update commits set id = ? where no = 9").run(six["id"]!)
      },
      ["ledger reordered 6 archive", "ledger reordered 9 archive"]
    ]
  ]
  it.each(inLedger)("names in the ledger %s", async (_, spoil, expected) => {
    const faults = await damaged((folder) => spoilLedger(folder, spoil))
    expect(faults).toEqual(expected)
  })

  const inArchive: ReadonlyArray<readonly [string, (folder: string) => void, ReadonlyArray<string>]> = [
    ["a deleted segment", (folder) => rmSync(segmentsOf(folder)[1]!), ["archive unreadable 11-20 ledger"]],
    ["a deleted seal", (folder) => rmSync(sealsOf(folder)[1]!), ["archive missing 11-20 ledger"]],
    ["a truncated segment", (folder) => truncateSync(segmentsOf(folder)[2]!, 40), ["archive unreadable 21-30 ledger"]],
    [
      "a bit of a seal",
      (folder) => {
        const file = sealsOf(folder)[0]!
        writeFileSync(file, readFileSync(file, "utf8").replace('"last":10', '"last":11'))
      },
      ["archive unreadable 1-10 ledger"]
    ],
    [
      "two segments in each other's places",
      (folder) => {
        const [one, two] = [segmentsOf(folder)[0]!, segmentsOf(folder)[2]!]
        renameSync(one, `${one}.x`)
        renameSync(two, one)
        renameSync(`${one}.x`, two)
      },
      ["archive reordered 1-10 ledger", "archive reordered 21-30 ledger"]
    ],
    [
      "a commit changed inside a segment, packed again",
      (folder) => repack(folder, 1, (text) => text.replace('"note":"40"', '"note":"41"')),
      ["archive changed 14 ledger"]
    ],
    [
      "a commit twice in a segment",
      (folder) => repack(folder, 1, (text) => text.replace(/(\{"no":12,.*\n.*\n)/u, "$1$1")),
      ["archive duplicated 12 ledger"]
    ],
    [
      "the same bytes packed in another way",
      (folder) => repack(folder, 3, (text) => text, 19),
      ["archive changed 31-40 ledger"]
    ]
  ]
  it.each(inArchive)("names in the archive %s", async (_, spoil, expected) => {
    expect(await damaged(spoil)).toEqual(expected)
  })

  it("names all of it when both are damaged in several places", async () => {
    const faults = await damaged((folder) => {
      spoilLedger(folder, (db) => db.exec("delete from commits where no in (3, 15)"))
      rmSync(segmentsOf(folder)[1]!)
      repack(folder, 2, (text) => text.replace('"note":"100"', '"note":"101"'))
    })
    expect(faults).toEqual([
      "ledger missing 3 archive",
      "ledger missing 15",
      "archive unreadable 11-20",
      "archive changed 34 ledger"
    ])
  })
})

/** Unpacks a segment, changes its text and packs it under the old name: somebody who knows the form, but no seal. */
const repack = (folder: string, index: number, change: (text: string) => string, level = 3): void => {
  const file = segmentsOf(folder)[index]!
  const text = zstdDecompressSync(readFileSync(file)).toString("utf8")
  writeFileSync(file, zstdCompressSync(Buffer.from(change(text)), { params: { 100: level } }))
}

describe("comparing with anchors", () => {
  const { privateKey } = generateKeyPairSync("ed25519")
  const anchorOf = (no: number, hash: string): Anchor =>
    signRecord(
      {
        kind: "anchor",
        v: 1,
        partition: 0,
        no,
        hash,
        eventNo: no * 3,
        at: "2026-01-01T00:00:00Z",
        key: "0".repeat(16)
      },
      privateKey
    )

  it("finds a history that was rewritten as a whole, in every copy", async () => {
    using folder = tempDir("copies")
    const commits = await archivedLedger(folder.path, COMMITS)
    const forged = numberedChain(COMMITS, { note: "forged" })
    expect(await faultsIn(folder.path, [anchorOf(30, commits[29]!.hash)])).toEqual([])
    expect(await faultsIn(folder.path, [anchorOf(30, forged[29]!.hash)])).toEqual([
      "ledger forked 30",
      "archive forked 30"
    ])
  })

  it("finds an end that nobody else has any more", async () => {
    using folder = tempDir("copies")
    await archivedLedger(folder.path, COMMITS)
    const gone = numberedChain(48).at(-1)!
    expect(await faultsIn(folder.path, [anchorOf(48, gone.hash)])).toEqual(["ledger missing 46-48"])
  })
})
