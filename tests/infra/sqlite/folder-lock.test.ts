import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { FolderUnusable, lockFolder } from "#infra/sqlite/folder-lock.ts"
import { chainOf, followed, plain, readAll } from "#tests/contracts/commits.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

/** Another process that owns a folder; killed at the end of the block. */
const owner = async (dir: string) => {
  const writer = fileURLToPath(new URL("./appending-writer.ts", import.meta.url))
  const child = spawn(process.execPath, [writer, join(dir, "ledger.sqlite")], { stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(child, "exit")
  const kill = async () => {
    child.kill("SIGKILL")
    await ended
  }
  await once(child.stdout, "data")
  return { pid: child.pid, kill, [Symbol.asyncDispose]: kill }
}

it("refuses a folder that another process owns, names it, and has it when that one is killed", async () => {
  using dir = tempDir("lock")
  await using child = await owner(dir.path)
  const refused = new RegExp(`in use by another running instance \\(process ${child.pid}\\)\\. Stop that one`)
  expect(() => lockFolder(dir.path)).toThrow(refused)
  expect(() => openSqliteLog({ file: join(dir.path, "ledger.sqlite") })).toThrow(refused)
  await child.kill()
  lockFolder(dir.path)()
})

it("lets a reader see what the owner appends", async () => {
  using dir = tempDir("lock")
  await using _ = await owner(dir.path)
  const log = openSqliteLog({ file: join(dir.path, "ledger.sqlite"), readOnly: true })
  const seen = await followed(log, 50)
  expect(plain((await readAll(log)).slice(0, seen.length))).toEqual(plain(seen))
  const late = chainOf([1], { head: (await log.head(0))! })
  await expect(log.append(late[0]!)).rejects.toMatchObject({ name: "LogUnavailable" })
  await log.close()
})

it("may be held several times in one process, until the last one lets go", async () => {
  using dir = tempDir("lock")
  const file = join(dir.path, "ledger.sqlite")
  const release = lockFolder(dir.path)
  const [first, second] = [openSqliteLog({ file }), openSqliteLog({ file })]
  await first.close()
  await first.close()
  release()
  release()
  await second.append(chainOf([1])[0]!)
  expect(existsSync(join(dir.path, "owner.pid"))).toBe(true)
  await second.close()
  expect(existsSync(join(dir.path, "owner.pid"))).toBe(false)
})

it("makes the folder; says so where that cannot be", () => {
  using dir = tempDir("lock")
  const deep = join(dir.path, "a", "b")
  lockFolder(deep)()
  expect(existsSync(deep)).toBe(true)
  const file = join(dir.path, "file")
  writeFileSync(file, "")
  for (const taken of [file, join(file, "below")]) {
    expect(() => lockFolder(taken)).toThrow(FolderUnusable)
    expect(() => lockFolder(taken)).toThrow(/cannot be written: .* name another one \(TRADE2026_DATA\)/)
  }
})

const posix = process.platform !== "win32" || undefined
it("refuses a folder that is read-only and leaves it as it is", skipWithout(posix, "needs POSIX rights"), () => {
  using dir = tempDir("lock")
  const folder = join(dir.path, "data")
  mkdirSync(folder)
  chmodSync(folder, 0o555)
  chmodSync(dir.path, 0o755)
  const root = process.getuid!() === 0
  try {
    if (root) process.seteuid!(65534) // rights do not bind root
    expect(() => lockFolder(folder)).toThrow(/cannot be written: .*Make it writable/)
  } finally {
    if (root) process.seteuid!(0)
  }
  expect(readdirSync(folder)).toEqual([])
})

it("says so when a file is no ledger, or is missing", () => {
  using dir = tempDir("lock")
  const file = join(dir.path, "ledger.sqlite")
  expect(() => openSqliteLog({ file, readOnly: true })).toThrow(`There is no ledger at ${file}.`)
  writeFileSync(file, "no database at all ".repeat(100))
  expect(() => openSqliteLog({ file })).toThrow(/cannot be opened: file is not a database/)
  expect(() => openSqliteLog({ file, readOnly: true })).toThrow(/cannot be opened: file is not a database/)
  lockFolder(dir.path)() // nothing is left locked
})

const proc = existsSync("/proc/self") ? "/proc" : undefined
it("says so where no folder can be", skipWithout(proc, "there is no /proc"), () => {
  expect(() => lockFolder(`${proc}/trade2026/data`)).toThrow(FolderUnusable)
})
