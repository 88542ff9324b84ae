import { cpSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { makeForward } from "#streams/anchors/forward.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import { copyPartition } from "#streams/copy-log.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import { archiveFolder, provedFolder } from "#tests/services/trade/proved-folder.ts"
import { trade } from "#tests/services/trade/trade.ts"
import { type NatsServer, startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { type TempDir, tempDir } from "#tests/support/temp-dir.ts"

const program = inject("natsServer")
const VICTIM = 20
const HASH = `"hash":"`
type Fault = { readonly check: string; readonly copy?: string; readonly kind?: string; readonly commit?: number }

let whole: TempDir
let commits: ReadonlyArray<StoredCommit>
beforeAll(async () => {
  whole = tempDir("corruption")
  await provedFolder(whole.path)
  commits = await allOf(openSqliteLog({ file: join(whole.path, "ledger.sqlite"), readOnly: true }))
})
afterAll(() => whole[Symbol.dispose]())

const allOf = async (log: EventLog): Promise<ReadonlyArray<StoredCommit>> => {
  const all: Array<StoredCommit> = []
  for await (const batch of log.read(0, 1)) all.push(...batch)
  await log.close()
  return all.map((commit) => ({ ...commit, body: Buffer.from(commit.body) }))
}
const copyOf = (): TempDir => {
  const copy = tempDir("corrupted")
  cpSync(whole.path, copy.path, { recursive: true })
  return copy
}
const verify = async (folder: string, ...args: ReadonlyArray<string>) => {
  const { exitCode, stdout, stderr } = await trade(folder, ["verify", ...args, "--json"])
  if (stdout === "") return { exitCode, faults: [] as ReadonlyArray<Fault>, stderr }
  return { exitCode, faults: (JSON.parse(stdout) as { faults: ReadonlyArray<Fault> }).faults, stderr }
}
/** One bit of the byte that stands so far behind the first place of this text. */
const flipAfter = (file: string, text: string | Uint8Array, behind = 0): void => {
  const bytes = readFileSync(file)
  const at = bytes.indexOf(text)
  if (at < 0) throw new Error(`${file} does not hold it`)
  bytes[at + behind]! ^= 0b100
  writeFileSync(file, bytes)
}
const only = (folder: string, which: (name: string) => boolean): string =>
  join(folder, readdirSync(folder).toSorted().find(which)!)
/** In the middle of the victim's body: its first bytes alone would be those of other commits too. */
const flipVictim = (file: string) => flipAfter(file, commits[VICTIM - 1]!.body, 30)

/** The ledger is restored from the archive, with its anchors, in the place of the damaged one. */
const healed = async (folder: string) => {
  const file = join(folder, "restored", "ledger.sqlite")
  const { exitCode, stderr } = await trade(folder, [
    "restore",
    "--from",
    join(folder, "archive"),
    "--to",
    `sqlite:${file}`
  ])
  expect([exitCode, stderr]).toEqual([0, ""])
  expect(await allOf(openSqliteLog({ file, readOnly: true }))).toEqual(commits)
  for (const name of ["ledger.sqlite", "anchors.jsonl"]) renameSync(join(folder, "restored", name), join(folder, name))
  expect((await verify(folder)).faults).toEqual([])
}

describe("a ledger in a file", () => {
  it("a flipped bit in a page is found at its commit, and healed", async () => {
    using folder = copyOf()
    flipVictim(join(folder.path, "ledger.sqlite"))
    const { exitCode, faults } = await verify(folder.path)
    expect(exitCode).toBe(1)
    expect(faults).toContainEqual(expect.objectContaining({ copy: "ledger", kind: "changed", commit: VICTIM }))
    await healed(folder.path)
  })

  it("a file that lost its end is found, and healed", async () => {
    using folder = copyOf()
    const file = join(folder.path, "ledger.sqlite")
    truncateSync(file, Math.floor(readFileSync(file).length / 2))
    const { exitCode, faults, stderr } = await verify(folder.path)
    expect(exitCode).toBe(1)
    expect(stderr + JSON.stringify(faults)).toMatch(/malformed|damaged|cannot be read/u)
    await healed(folder.path)
  })
})

describe("an archive", () => {
  const segments = (folder: string) => join(folder, "archive", "segments", "0")
  const planted: ReadonlyArray<readonly [string, (archive: string) => void]> = [
    ["a flipped bit in a segment", (archive) => flipAfter(third(archive), "", 50)],
    ["a segment that lost its end", (archive) => truncateSync(third(archive), 100)],
    ["a flipped bit in the events beside a segment", (archive) => flipAfter(third(archive, "events"), "", 50)],
    ["events beside a segment that lost their end", (archive) => truncateSync(third(archive, "events"), 100)],
    ["a flipped bit in a seal", (archive) => flipAfter(sealOf(archive), `"sha256":"`, 12)]
  ]
  const third = (folder: string, form = "commits") =>
    only(segments(folder), (name) => name.startsWith(firstOfThird(folder)) && name.endsWith(`.${form}.zst`))
  const firstOfThird = (folder: string) =>
    readdirSync(segments(folder))
      .filter((name) => name.endsWith(".commits.zst"))
      .toSorted()[2]!
      .split("-")[0]!
  const sealOf = (folder: string) =>
    only(join(folder, "archive", "seals", "0"), (name) => name.startsWith(firstOfThird(folder)))

  it.each(planted)("%s is found, with the commits that it takes, and healed from the ledger", async (_, spoil) => {
    using folder = copyOf()
    spoil(folder.path)
    const { exitCode, faults } = await verify(folder.path)
    expect(exitCode).toBe(1)
    expect(faults[0]).toMatchObject({ copy: "archive", commit: Number(firstOfThird(folder.path)), soundIn: ["ledger"] })

    renameSync(join(folder.path, "archive"), join(folder.path, "damaged"))
    await archiveFolder(folder.path)
    expect((await verify(folder.path)).faults).toEqual([])
  })

  it("a flipped bit in what was signed is found in the data folder, and healed from the archive", async () => {
    using folder = copyOf()
    flipAfter(join(folder.path, "anchors.jsonl"), HASH, 12)
    const { exitCode, faults } = await verify(folder.path)
    expect([exitCode, faults]).toMatchObject([
      1,
      [{ check: "anchors", reason: expect.stringMatching(/line 2 of .*its signature is wrong/u) }]
    ])
    await healed(folder.path)
  })

  it("a flipped bit in what was signed is found in the archive, and healed from the data folder", async () => {
    using folder = copyOf()
    const anchors = join(folder.path, "archive", "anchors")
    const inside = readdirSync(anchors, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const objects = inside.map(({ parentPath, name }) => join(parentPath, name))
    flipAfter(
      objects.find((file) => readFileSync(file).includes(HASH))!,
      HASH,
      12
    )
    const { exitCode, faults } = await verify(folder.path)
    expect([exitCode, faults]).toMatchObject([
      1,
      [{ check: "anchors", reason: expect.stringMatching(/archive anchors.*its signature is wrong/u) }]
    ])
    rmSync(anchors, { recursive: true })
    await makeForward(
      anchorFile(join(folder.path, "anchors.jsonl")),
      archivedAnchors(folderObjects(join(folder.path, "archive")))
    )()
    expect((await verify(folder.path)).faults).toEqual([])
  })
})

describe("a ledger on a NATS server", skipWithout(program, "no nats-server program was found"), () => {
  let stored: TempDir
  beforeAll(async () => {
    stored = tempDir("corruption-nats")
    await using nats = await startNats({ storeDir: stored.path })
    const to = await openNatsLog({ url: nats.url })
    const from = openSqliteLog({ file: join(whole.path, "ledger.sqlite"), readOnly: true })
    await copyPartition(from, to, 0)
    await Promise.all([from.close(), to.close()])
  })
  afterAll(() => stored[Symbol.dispose]())

  const messages = (storeDir: string) => {
    const file = readdirSync(storeDir, { recursive: true, encoding: "utf8" }).find((name) =>
      /LEDGER.msgs$/u.test(name)
    )!
    return join(storeDir, file)
  }
  const block = (storeDir: string) => only(messages(storeDir), (name) => name.endsWith(".blk"))
  const index = (storeDir: string) => join(messages(storeDir), "index.db")
  const spoiled = async (
    spoil: (storeDir: string) => void
  ): Promise<AsyncDisposable & { nats: NatsServer; folder: string }> => {
    const folder = tempDir("corrupted-nats")
    cpSync(stored.path, folder.path, { recursive: true })
    spoil(folder.path)
    const nats = await startNats({ storeDir: folder.path })
    return {
      nats,
      folder: folder.path,
      [Symbol.asyncDispose]: async () => {
        await nats.stop()
        folder[Symbol.dispose]()
      }
    }
  }
  const verifyOn = (url: string) =>
    verify(whole.path, "--log", `nats:${url}`, "--archive", `folder:${join(whole.path, "archive")}`)

  const planted: ReadonlyArray<readonly [string, (storeDir: string) => void]> = [
    ["a flipped bit in a block", (dir) => flipVictim(block(dir))],
    ["a flipped bit, and the index gone", (dir) => (flipVictim(block(dir)), rmSync(index(dir)))],
    [
      "a block cut in the middle of a commit",
      (dir) => truncateSync(block(dir), readFileSync(block(dir)).indexOf(commits[VICTIM - 1]!.body) + 30)
    ]
  ]
  it.each(planted)("%s is found at its commit, and healed", async (_, spoil) => {
    await using bad = await spoiled(spoil)
    const { exitCode, faults } = await verifyOn(bad.nats.url)
    expect(exitCode).toBe(1)
    expect(faults.find(({ copy }) => copy === "ledger")).toMatchObject({ commit: VICTIM, soundIn: ["archive"] })

    await using fresh = await startNats()
    const restored = await trade(whole.path, [
      "restore",
      "--from",
      join(whole.path, "archive"),
      "--to",
      `nats:${fresh.url}`
    ])
    expect([restored.exitCode, restored.stderr]).toEqual([0, ""])
    expect(await allOf(await openNatsLog({ url: fresh.url, readOnly: true }))).toEqual(commits)
    expect((await verifyOn(fresh.url)).faults).toEqual([])
  })

  it("an index that is gone is made again: nothing is lost", async () => {
    await using bad = await spoiled((dir) => rmSync(index(dir)))
    expect((await verifyOn(bad.nats.url)).faults).toEqual([])
    expect(await allOf(await openNatsLog({ url: bad.nats.url, readOnly: true }))).toEqual(commits)
  })
})
