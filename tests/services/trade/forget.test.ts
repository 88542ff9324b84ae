import { fork } from "node:child_process"
import { once } from "node:events"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { OwnerId } from "#domain/kernel/ids.ts"
import { openSqlitePeople } from "#infra/sqlite/people.ts"
import { MORNING } from "#tests/domain/account/story.ts"
import { filesWith } from "#tests/support/files-with.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { storyFolder, trade } from "./trade.ts"

const NAME = "Zebulon Quillfeather"
const report = ["report", "pnl", "--account", "A1"]

/** A folder with a ledger, and a person behind the owner of account A1. */
const peopled = async (folder: string) => {
  const { accounts } = await storyFolder(folder, 63, 120)
  const { owner } = accounts.get("A1" as never)!
  const people = openSqlitePeople({ file: join(folder, "people.sqlite") })
  await people.put(owner, { name: NAME, email: "zebulon@people.example" }, MORNING)
  await people.close()
  return owner
}

describe("trade forget", () => {
  it("leaves a ledger that verifies, a report that says what is missing, and no trace", async () => {
    using folder = tempDir("forget")
    const plain = tempDir("forget")
    await storyFolder(plain.path, 63, 120)
    const owner = await peopled(folder.path)
    const before = JSON.parse((await trade(folder.path, [...report, "--json"])).stdout)
    expect(before.holder).toEqual({ owner, name: NAME })
    expect((await trade(folder.path, report)).stdout).toContain(`  held by ${NAME} (owner ${owner})\n`)
    const verified = (await trade(folder.path, ["verify"])).stdout

    const done = await trade(folder.path, ["forget", "--person", owner, "--json"])
    expect([done.exitCode, JSON.parse(done.stdout)]).toEqual([0, { owner, status: "forgotten", forgottenAt: MORNING }])
    expect(filesWith(folder.path, ["quillfeather", "zebulon"])).toEqual([])
    expect((await trade(folder.path, ["forget", "--person", owner])).stdout).toBe(
      `${owner} was forgotten on ${MORNING}\n`
    )

    const after = JSON.parse((await trade(folder.path, [...report, "--json"])).stdout)
    expect(after).toEqual({ ...before, holder: { owner, forgottenAt: MORNING } })
    expect((await trade(folder.path, report)).stdout).toContain(`  held by owner ${owner}, forgotten on 2026-03-02\n`)
    expect((await trade(folder.path, ["verify"])).stdout).toBe(verified)
    // where nobody was ever known, nothing is said
    expect(JSON.parse((await trade(plain.path, [...report, "--json"])).stdout)).toEqual({
      ...before,
      holder: undefined
    })
    plain[Symbol.dispose]()
  })

  it("changes nothing for an owner of whom nothing is known, and makes no file for it", async () => {
    using folder = tempDir("forget")
    const unknown = await trade(folder.path, ["forget", "--person", "o-7", "--json"])
    expect([unknown.exitCode, JSON.parse(unknown.stdout).error.code]).toEqual([1, "UnknownPerson"])
    expect(readdirSync(folder.path)).toEqual([])
    const owner = await peopled(folder.path)
    expect((await trade(folder.path, ["forget", "--person", `${owner}x`])).exitCode).toBe(1)
    expect(filesWith(folder.path, ["quillfeather"]).length).toBeGreaterThan(0)
  })

  it("is refused while another one owns the folder", async () => {
    using folder = tempDir("forget")
    const owner = await peopled(folder.path)
    const held = fork(new URL("./holding-folder.ts", import.meta.url), [folder.path])
    try {
      await once(held, "message")
      const refused = await trade(folder.path, ["forget", "--person", owner, "--data", folder.path])
      expect([refused.exitCode, refused.stdout]).toEqual([1, ""])
      expect(refused.stderr).toMatch(/is in use by another running instance/)
    } finally {
      held.kill("SIGKILL")
    }
    const people = openSqlitePeople({ file: join(folder.path, "people.sqlite"), readOnly: true })
    expect(await people.find(owner as OwnerId)).toMatchObject({ kind: "known" })
    await people.close()
  })
})
