import { once } from "node:events"
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { copyPartition } from "#streams/copy-log.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { commitAt } from "#streams/snapshots/newest-sound.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { type PlatformOptions, startPlatform } from "#tests/support/platform.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { type TempDir, tempDir } from "#tests/support/temp-dir.ts"

const program = inject("natsServer")
/** the commit that the cut takes away, with all that come after it */
const CUT = 3

/** what a platform left that ran for a moment: its last commits are signed and archived */
let whole: TempDir
let last: number
beforeAll(async () => {
  whole = tempDir("lost-end")
  const platform = await startPlatform({ data: whole.path, args: ["--no-demo"] })
  await platform.stop()
  last = await head(whole.path)
}, 60_000)
afterAll(() => whole[Symbol.dispose]())

const copyOf = (): TempDir => {
  const copy = tempDir("lost-end-copy")
  cpSync(whole.path, copy.path, { recursive: true })
  return copy
}
/** What it says when it does not start; otherwise it is stopped again, in order. */
const refusal = async (options: PlatformOptions): Promise<string> => {
  try {
    const platform = await startPlatform(options)
    await platform.stop()
    return "it began"
  } catch (error) {
    return (error as Error).message
  }
}
/** What a writer's process says that ends by itself. */
const lastWords = async (options: PlatformOptions): Promise<string> => {
  const oms = await startPlatform(options)
  const [code] = oms.child.exitCode === null ? await once(oms.child, "exit") : [oms.child.exitCode]
  return `ended with ${code}: ${oms.output()}`
}
const head = (folder: string) => headOf(openSqliteLog({ file: join(folder, "ledger.sqlite"), readOnly: true }))
const headOf = async (log: EventLog): Promise<number> => {
  const head = await log.head(0)
  await log.close()
  return head?.no ?? 0
}
const ends = () => `ended with 1: .*ends at commit ${CUT - 1}, and commit ${last} `

describe("a platform whose ledger in a file lost its end", () => {
  const cut = (folder: string) => {
    const file = new DatabaseSync(join(folder, "ledger.sqlite"))
    file.exec(`DELETE FROM commits WHERE no >= ${CUT}`)
    file.close()
  }

  it("does not write on from there, unless what is lost was given up", async () => {
    using folder = copyOf()
    cut(folder.path)
    const told = await refusal({ data: folder.path, args: ["--no-demo"] })
    expect(told).toMatch(new RegExp(`${ends()}.*was signed in file:.*was archived in folder:.*restore`, "su"))
    expect(await head(folder.path)).toBe(CUT - 1)

    const commit = /--accept-lost (\S+)\./u.exec(told)![1]!
    expect(await refusal({ data: folder.path, args: ["--no-demo", "--accept-lost", commit] })).toBe("it began")
    expect(await head(folder.path)).toBeGreaterThan(CUT)
  }, 60_000)

  it("nor where the file is gone", async () => {
    using folder = copyOf()
    rmSync(join(folder.path, "ledger.sqlite"))
    expect(await refusal({ data: folder.path, args: ["--no-demo"] })).toContain("ends at commit 0, and commit")
  }, 60_000)
})

describe(
  "a writer whose ledger on a NATS server lost its end",
  skipWithout(program, "no nats-server program was found"),
  () => {
    it("does not write on from there", async () => {
      using stored = tempDir("lost-end-nats")
      using folder = copyOf()
      const from = openSqliteLog({ file: join(folder.path, "ledger.sqlite"), readOnly: true })
      const victim = (await commitAt(from, 0, CUT))!.body
      {
        await using nats = await startNats({ storeDir: stored.path })
        const to = await openNatsLog({ url: nats.url })
        await copyPartition(from, to, 0)
        await Promise.all([from.close(), to.close()])
      }
      const names = readdirSync(stored.path, { recursive: true, encoding: "utf8" })
      const block = join(
        stored.path,
        names.find((name) => /LEDGER.msgs.*\.blk$/u.test(name))!
      )
      truncateSync(block, readFileSync(block).indexOf(victim) + 30)

      await using nats = await startNats({ storeDir: stored.path })
      const env = { NATS_URL: nats.url }
      const args = ["--profile", "servers", "--only", "oms"]
      expect(await lastWords({ data: folder.path, args, env })).toMatch(new RegExp(`${ends()}.*restore`, "su"))
      expect(await headOf(await openNatsLog({ url: nats.url, readOnly: true }))).toBe(CUT - 1)
    }, 60_000)
  }
)
