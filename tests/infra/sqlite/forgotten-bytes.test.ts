// Forgotten means gone: from the pages in use, from the pages that are free, and from the write-ahead file.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "vitest"
import type { OwnerId } from "#domain/kernel/ids.ts"
import { timeOfText } from "#domain/kernel/time.ts"
import { lockFolder } from "#infra/sqlite/folder-lock.ts"
import { openSqlitePeople } from "#infra/sqlite/people.ts"
import { NotYetGone } from "#streams/ports/people.ts"
import { filesWith } from "#tests/support/files-with.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const NOW = timeOfText("2026-03-02T10:00:00Z")!
const owner = (id: string) => id as OwnerId
const person = (i: number, version = 0) => ({
  name: `Quillfeather-${i}-v${version} ${"the long-named ".repeat(i % 40)}`,
  email: `quillfeather-${i}-v${version}@people.example`,
  address: `Quillfeather Lane ${i} ${"x".repeat((i * 397) % 9_000)}`
})

describe("people in a file", () => {
  it("leave nothing behind when they are forgotten, however their rows moved about", async () => {
    using folder = tempDir("people")
    const people = openSqlitePeople({ file: join(folder.path, "people.sqlite") })
    for (let i = 0; i < 60; i++) await people.put(owner(`o-${i}`), person(i), NOW)
    for (let i = 0; i < 60; i += 2) await people.put(owner(`o-${i}`), person(i, 1), NOW)
    for (let i = 0; i < 60; i += 4) await people.put(owner(`o-${i}`), person(i + 7, 2), NOW)
    expect(filesWith(folder.path, ["quillfeather"]).length, "the search finds what is there").toBeGreaterThan(0)
    const gone = Array.from({ length: 10 }, (_, i) => i * 6)
    for (const i of gone) expect(await people.forget(owner(`o-${i}`), NOW)).toBe(NOW)
    // while it is open, and after it was closed; a row that was replaced by another name's is looked for under both
    const traces = gone.flatMap((i) => [`quillfeather-${i}-v`, `quillfeather-${i + 7}-v2`])
    expect(filesWith(folder.path, traces)).toEqual([])
    expect(await people.find(owner("o-59"))).toMatchObject({ person: person(59) })
    await people.close()
    expect(filesWith(folder.path, traces)).toEqual([])
    expect(filesWith(folder.path, ["quillfeather-59-v0"]).length).toBeGreaterThan(0)
  })

  it("are gone after the next opening when the process was killed while it forgot", async () => {
    using folder = tempDir("people")
    const file = join(folder.path, "people.sqlite")
    // another process that has deleted and is killed before it cleans: its write-ahead file still has the bytes
    const ended = spawnSync(process.execPath, ["--input-type=module", "-e", KILLED, file], {
      cwd: join(import.meta.dirname, "..", "..", "..")
    })
    expect([ended.signal, ended.stderr.toString()]).toEqual(["SIGKILL", ""])
    expect(filesWith(folder.path, ["quillfeather"]).length).toBeGreaterThan(0)
    const people = openSqlitePeople({ file })
    expect(filesWith(folder.path, ["quillfeather"])).toEqual([])
    expect(await people.find(owner("o-1"))).toEqual({ kind: "forgotten", owner: "o-1", forgottenAt: NOW })
    await people.close()
  })

  it("says so when a reader keeps bytes alive, and cleans when asked again", { timeout: 20_000 }, async () => {
    using folder = tempDir("people")
    const file = join(folder.path, "people.sqlite")
    const people = openSqlitePeople({ file })
    await people.put(owner("o-1"), person(1), NOW)
    const reader = new DatabaseSync(file, { readOnly: true })
    reader.exec("begin; select * from people")
    let turns = 0
    const turning = setInterval(() => turns++, 10)
    const refused = people.forget(owner("o-1"), NOW)
    const later = people.put(owner("o-2"), { name: "Bob" }, NOW)
    await expect(refused).rejects.toBeInstanceOf(NotYetGone)
    clearInterval(turning)
    expect(turns, "the process goes on meanwhile").toBeGreaterThan(20)
    expect(await later).toBe("created")
    expect(await people.find(owner("o-1"))).toMatchObject({ kind: "forgotten" })
    reader.close()
    expect(await people.forget(owner("o-1"), NOW)).toBe(NOW)
    expect(filesWith(folder.path, ["quillfeather"])).toEqual([])
    await people.close()
  })

  it("belong to the one who owns the folder; others may look", async () => {
    using folder = tempDir("people")
    const file = join(folder.path, "people.sqlite")
    expect(() => openSqlitePeople({ file, readOnly: true })).toThrow(/There is no file of people/)
    const people = openSqlitePeople({ file })
    await people.put(owner("o-1"), person(1), NOW)
    const looking = openSqlitePeople({ file, readOnly: true })
    expect(await looking.find(owner("o-1"))).toMatchObject({ person: person(1) })
    await expect(looking.forget(owner("o-1"), NOW)).rejects.toThrow(/reading only/)
    await expect(looking.put(owner("o-1"), person(2), NOW)).rejects.toThrow(/reading only/)
    await looking.close()
    await people.close()
    lockFolder(folder.path)()
  })
})

const KILLED = `
  import { openPeopleTable } from "#infra/sqlite/people-table.ts"
  const table = openPeopleTable(process.argv[1], false)
  table.put("o-1", { name: "Quillfeather", email: "quillfeather@people.example" }, "${NOW}")
  table.forget("o-1", "${NOW}")
  process.kill(process.pid, "SIGKILL")
`
