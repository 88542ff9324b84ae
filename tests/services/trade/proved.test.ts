import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { beforeAll, describe, expect, it } from "vitest"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { makeForward } from "#streams/anchors/forward.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { chainOf } from "#tests/contracts/commits.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { provedFolder } from "./proved-folder.ts"
import { storyFolder, trade } from "./trade.ts"

type Fault = { readonly check: string; readonly copy?: string; readonly kind?: string; readonly commit?: number }

const json = async (folder: string, args: ReadonlyArray<string>) => {
  const { exitCode, stdout, stderr } = await trade(folder, [...args, "--json"])
  return { exitCode, stderr, found: JSON.parse(stdout) as Record<string, never> & { faults: ReadonlyArray<Fault> } }
}
/** The objects with the original bytes of segments, in order. */
const originals = (segments: string) =>
  readdirSync(segments)
    .filter((name) => name.endsWith(".commits.zst"))
    .toSorted()
const spoil = (folder: string, sql: string) => {
  const db = new DatabaseSync(join(folder, "ledger.sqlite"))
  db.exec(sql)
  db.close()
}

describe("trade verify, with copies", () => {
  it("finds that ledger, archive and anchors agree", async () => {
    using folder = tempDir("proved")
    const commits = await provedFolder(folder.path)
    const { exitCode, found } = await json(folder.path, ["verify"])
    expect(found.faults).toEqual([])
    expect(exitCode).toBe(0)
    expect(found["copies"]).toMatchObject([{ anchors: 1, copies: [{ commits }, { name: "archive", commits }] }])
  })

  it("names what is wrong in each copy, and who holds it sound", async () => {
    using folder = tempDir("proved")
    await provedFolder(folder.path)
    spoil(
      folder.path,
      "update commits set body = cast(body || ' ' as blob) where no = 9; delete from commits where no = 14"
    )
    const segments = join(folder.path, "archive", "segments", "0")
    const third = originals(segments)[2]!
    rmSync(join(segments, third))
    const [first, last] = third.split("-").map(Number)
    const { exitCode, found } = await json(folder.path, ["verify"])
    expect(exitCode).toBe(1)
    expect(found.faults.find(({ check }) => check === "chain")).toMatchObject({ commit: 9 })
    expect(found.faults.filter(({ check }) => check === "copies")).toMatchObject([
      { copy: "ledger", kind: "changed", commit: 9, soundIn: ["archive"] },
      { copy: "ledger", kind: "missing", commit: 14, soundIn: ["archive"] },
      { copy: "archive", kind: "unreadable", commit: first, last, soundIn: ["ledger"] }
    ])
  })

  it("looks at every partition, and misses one that the ledger has lost whole", async () => {
    using folder = tempDir("proved")
    await provedFolder(folder.path)
    const log = openSqliteLog({ file: join(folder.path, "ledger.sqlite") })
    for (const commit of chainOf([0, 0, 0], { partition: 3 })) await log.append(commit)
    const store = folderObjects(join(folder.path, "archive"))
    await archiveOn({ log, store, partition: 3, codec: ledgerCodec, segmentBytes: 20_000 })
    await log.close()
    const sound = await json(folder.path, ["verify"])
    expect(sound.found.faults).toEqual([])
    expect(sound.found["partitions"]).toMatchObject([{ partition: 0 }, { partition: 3, commits: 3 }])
    spoil(folder.path, "delete from commits where partition = 3")
    const { exitCode, found } = await json(folder.path, ["verify"])
    expect(exitCode).toBe(1)
    expect(found.faults).toMatchObject([
      { copy: "ledger", kind: "missing", partition: 3, commit: 1, last: 3, soundIn: ["archive"] }
    ])
    expect((await json(folder.path, ["verify", "--partitions", "0"])).exitCode).toBe(0)
  })

  it("finds a line of anchors.jsonl that nobody signed, and a key that is not the one we know", async () => {
    using folder = tempDir("proved")
    await provedFolder(folder.path)
    const file = join(folder.path, "anchors.jsonl")
    const text = readFileSync(file, "utf8")
    writeFileSync(file, text.replace(/"eventNo":\d/u, '"eventNo":9'))
    const { exitCode, found } = await json(folder.path, ["verify"])
    expect(exitCode).toBe(1)
    expect(found.faults).toMatchObject([{ check: "anchors" }])
    writeFileSync(file, text)
    const other = await json(folder.path, ["verify", "--key", "ab".repeat(32)])
    expect(other.found.faults.map(({ check }) => check)).toEqual(["anchors", "anchors"])
    expect((await trade(folder.path, ["verify", "--key", "nonsense"])).exitCode).toBe(2)
  })
})

describe("trade restore", () => {
  it("heals a ledger from its archive, commit by commit the same", async () => {
    using folder = tempDir("restore")
    const commits = await provedFolder(folder.path)
    using target = tempDir("restored")
    const args = ["restore", "--from", join(folder.path, "archive"), "--to"]
    const to = `sqlite:${join(target.path, "ledger.sqlite")}`
    const { exitCode, found } = await json(folder.path, [...args, to])
    expect(found).toMatchObject({ ok: true, partitions: [{ partition: 0, commits, anchors: 1 }], faults: [] })
    expect(exitCode).toBe(0)
    const rows = (dir: string) => {
      const db = new DatabaseSync(join(dir, "ledger.sqlite"), { readOnly: true })
      const all = db.prepare("select * from commits order by partition, no").all()
      db.close()
      return all
    }
    expect(rows(target.path)).toEqual(rows(folder.path))
    expect((await json(target.path, ["verify"])).found).toMatchObject({ ok: true, anchors: [{ anchors: 1 }] })

    const again = await trade(folder.path, [...args, to])
    expect(again).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/holds \d+ commits of partition 0 already/u)
    })
    spoil(target.path, "delete from commits where no > 20")
    expect((await json(folder.path, [...args, to, "--resume"])).found).toMatchObject({ ok: true })
    expect(rows(target.path)).toEqual(rows(folder.path))
  })

  it("says what was signed behind the archive's end, and restores up to there", async () => {
    using folder = tempDir("restore")
    const commits = await provedFolder(folder.path)
    const book = anchorFile(join(folder.path, "anchors.jsonl"))
    const keys = keyFolder(join(folder.path, "keys"))
    const anchorer = makeAnchorer({ book, keys, clock: () => new Date().toISOString() })
    await anchorer.sign({ partition: 0, no: commits + 3, hash: "a".repeat(64), eventNo: 99_999 })
    await makeForward(book, archivedAnchors(folderObjects(join(folder.path, "archive"))))()
    const to = `sqlite:${join(folder.path, "restored", "ledger.sqlite")}`
    const { exitCode, stdout } = await trade(folder.path, [
      "restore",
      "--from",
      join(folder.path, "archive"),
      "--to",
      to
    ])
    expect(stdout).toMatch(
      new RegExp(`commits ${commits + 1} to ${commits + 3} were signed and are NOT in the archive`)
    )
    expect(exitCode).toBe(0)
    // and from then on verify says that the ledger lost its end
    const after = await json(join(folder.path, "restored"), ["verify"])
    expect(after.found.faults).toMatchObject([{ check: "copies", kind: "missing", commit: commits + 1 }])
  })

  it("writes nothing from an archive that is damaged, and goes on with nothing that is not of it", async () => {
    using folder = tempDir("restore")
    await provedFolder(folder.path)
    using target = tempDir("restored")
    await storyFolder(target.path, 42, 40)
    const archive = join(folder.path, "archive")
    const other = ["restore", "--from", archive, "--to", `sqlite:${join(target.path, "ledger.sqlite")}`, "--resume"]
    expect((await trade(folder.path, other)).stderr).toMatch(/not of this archive/u)

    const segments = join(archive, "segments", "0")
    rmSync(join(segments, originals(segments).at(-1)!))
    const fresh = join(target.path, "fresh", "ledger.sqlite")
    expect((await trade(folder.path, ["restore", "--from", archive, "--to", `sqlite:${fresh}`])).stderr).toMatch(
      /is missing/u
    )
    const log = openSqliteLog({ file: fresh, readOnly: true })
    expect(await log.head(0)).toBeUndefined()
    await log.close()
  })

  it("says what is missing on the command line", async () => {
    using folder = tempDir("restore")
    expect((await trade(folder.path, ["restore"])).exitCode).toBe(2)
    const nowhere = await trade(folder.path, ["restore", "--from", join(folder.path, "no"), "--to", "sqlite:x"])
    expect(nowhere).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/holds no archive/u) })
    expect(existsSync("x")).toBe(false)
  })
})

describe("trade audit order --proof, verify-proof", () => {
  const folder = tempDir("proof")
  let orderId = ""
  beforeAll(async () => {
    await provedFolder(folder.path)
    const db = new DatabaseSync(join(folder.path, "ledger.sqlite"), { readOnly: true })
    const bodies = db.prepare("select cast(body as text) as body from commits").all()
    db.close()
    orderId = /"type":"OrderFilled".*?"orderId":"(0-\d+)"/u.exec(bodies.map(({ body }) => body).join(""))![1]!
    return () => folder[Symbol.dispose]()
  })
  const prove = async (name: string) => {
    const file = join(folder.path, name)
    const made = await trade(folder.path, ["audit", "order", orderId, "--proof", file])
    return { file, made }
  }

  it("is accepted by somebody who has nothing but the file and the key", async () => {
    const { file, made } = await prove("order.json")
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/OrderPlaced[^]*OrderFilled/u) })
    using elsewhere = tempDir("stranger")
    const [key] = (await trade(folder.path, ["anchors"])).stdout.split(" ")
    const checked = await json(elsewhere.path, ["verify-proof", file, "--key", key!])
    expect(checked.exitCode).toBe(0)
    expect(checked.found).toMatchObject({ ok: true, order: orderId, key: { trusted: true } })
    const unknown = await trade(elsewhere.path, ["verify-proof", file])
    expect(unknown).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/NOT compared with a key/u) })
    expect(unknown.stdout).toMatch(/Not shown by hashes: that no event was left out/u)
  })

  it("is refused once it was changed, and with another key", async () => {
    const { file } = await prove("changed.json")
    const text = readFileSync(file, "utf8")
    writeFileSync(file, text.replace("OrderFilled", "OrderFilles"))
    expect(await trade(folder.path, ["verify-proof", file])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^REFUSED/u)
    })
    writeFileSync(file, text)
    expect((await trade(folder.path, ["verify-proof", file, "--key", "0".repeat(64)])).exitCode).toBe(1)
    expect((await trade(folder.path, ["verify-proof", join(folder.path, "none.json")])).exitCode).toBe(1)
  })

  it("shows the keys, and goes on after a rotation", async () => {
    const before = (await json(folder.path, ["anchors"])).found as unknown as { keys: ReadonlyArray<{ key: string }> }
    const after = (await json(folder.path, ["anchors", "rotate"])).found as unknown as typeof before
    expect(after.keys.map(({ key }) => key)).toEqual([before.keys[0]!.key, expect.any(String)])
    const { file, made } = await prove("later.json")
    expect(made.exitCode).toBe(0)
    const [key] = (await trade(folder.path, ["anchors"])).stdout.split(" ")
    expect((await trade(folder.path, ["verify-proof", file, "--key", key!])).exitCode).toBe(0)
  })

  it("says that an order is unknown, or that nothing was signed", async () => {
    const unknown = await trade(folder.path, ["audit", "order", "0-1", "--proof", join(folder.path, "x.json")])
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/holds no order 0-1/u) })
    using bare = tempDir("bare")
    await storyFolder(bare.path, 41, 40)
    const none = await trade(bare.path, ["audit", "order", "0-1", "--proof", "x.json"])
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/nothing of it was signed/u) })
    expect((await trade(bare.path, ["anchors"])).stderr).toMatch(/nothing was signed yet/u)
  })

  it("rotates no key where nothing was signed, and makes none", async () => {
    using bare = tempDir("bare")
    const none = await trade(bare.path, ["anchors", "rotate"])
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/nothing was signed yet/u) })
    expect(readdirSync(bare.path)).toEqual([])
  })

  it("names the line of the book because of which it cannot rotate, and changes nothing", async () => {
    using damaged = tempDir("damaged")
    await provedFolder(damaged.path)
    const file = join(damaged.path, "anchors.jsonl")
    const lines = readFileSync(file, "utf8").split("\n")
    const text = lines.toSpliced(1, 1, lines[1]!.replace('"kind"', '"kinD"')).join("\n")
    writeFileSync(file, text)
    const keys = readdirSync(join(damaged.path, "keys"))
    const refused = await trade(damaged.path, ["anchors", "rotate"])
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/line 2 of file:.*anchors\.jsonl: /u) })
    expect(readFileSync(file, "utf8")).toBe(text)
    expect(readdirSync(join(damaged.path, "keys"))).toEqual(keys)
    // the archive has every line under its number
    writeFileSync(
      file,
      lines
        .toSpliced(1, 1, readFileSync(join(damaged.path, "archive/anchors/000000000002.json"), "utf8").trim())
        .join("\n")
    )
    expect((await trade(damaged.path, ["anchors", "rotate"])).exitCode).toBe(0)
  })

  it("says that there is no such order in a partition that the ledger does not hold", async () => {
    const { exitCode, stderr } = await trade(folder.path, ["audit", "order", "5-8"])
    expect([exitCode, stderr]).toEqual([1, "there is no order 5-8: nothing is held of partition 5\n"])
  })
})
