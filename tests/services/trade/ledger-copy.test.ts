// A ledger in a file goes to a real NATS server, comes back, and goes on there; as its user does it, in processes.
import { fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, inject, it } from "vitest"
import type { Time } from "#domain/kernel/time.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { appendAll, chainOf, plain, readAll } from "#tests/contracts/commits.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade, tradeJson } from "#tests/support/trade.ts"
import { storyFolder } from "./trade.ts"

const program = inject("natsServer")
const at = (folder: string) => `sqlite:${join(folder, "ledger.sqlite")}`
const rowsOf = async (folder: string, partition = 0) => {
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite"), readOnly: true })
  const all = plain(await readAll(log, partition))
  await log.close()
  return all
}
/** A generated story in partition 0, and bare commits in partition 4. */
const twoPartitions = async (folder: string) => {
  await storyFolder(folder, 91, 150)
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite") })
  await appendAll(log, chainOf([1, 0, 7], { partition: 4 }))
  await log.close()
}
type Copied = {
  partitions: ReadonlyArray<{ partition: number; commits: number; copied: number; head: { hash: string } }>
}

describe("trade ledger copy", skipWithout(program, "nats-server is missing"), () => {
  it("brings a file to NATS with the same numbers and hashes, and a writer goes on there", async () => {
    using folder = tempDir("copy")
    using back = tempDir("copy")
    await twoPartitions(folder.path)
    await using server = await startNats({ program: program! })
    const nats = `nats:${server.url}`

    const first = (await tradeJson(["ledger", "copy", "--from", at(folder.path), "--to", nats])) as Copied
    expect(first.partitions.map(({ partition, copied }) => [partition, copied])).toEqual([
      [0, (await rowsOf(folder.path)).length],
      [4, 3]
    ])
    const again = await trade(["ledger", "copy", "--from", at(folder.path), "--to", nats])
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining("partition 4: 0 commits copied, 3 were there")
    ])
    expect(again.stdout).toContain("equal: every commit was read back")

    const verified = (await tradeJson(["verify", "--log", nats, "--partitions", "0"])) as {
      partitions: ReadonlyArray<{ head: { hash: string } }>
    }
    expect(verified.partitions[0]!.head.hash).toBe(first.partitions[0]!.head.hash)
    const log = await openNatsLog({ url: server.url })
    const clock = () => "2030-01-01T00:00:00.000000000Z" as Time
    const writer = await openAccountWriter({ log, partition: 0, clock, writerId: "w", seen: () => undefined })
    const deposit = { type: "Deposit", account: "A1", currency: "USD", amount: 100_000_000n }
    expect(await writer.submit({ id: "after", actor: "api", request: deposit as never })).toMatchObject({
      kind: "facts"
    })
    await writer.stop()
    await log.close()

    // the file is now the beginning of the stream: it can follow, and cannot be copied over it
    const over = await trade(["ledger", "copy", "--from", at(folder.path), "--to", nats, "--json"])
    expect([over.code, JSON.parse(over.stdout).error.code]).toEqual([1, "NotTheSame"])
    await tradeJson(["ledger", "copy", "--from", nats, "--to", at(back.path)])
    const commits = await rowsOf(back.path)
    expect(commits.slice(0, -2)).toEqual(await rowsOf(folder.path))
    expect(await rowsOf(back.path, 4)).toEqual(await rowsOf(folder.path, 4))
    const followed = (await tradeJson([
      "ledger",
      "copy",
      "--from",
      nats,
      "--to",
      at(folder.path),
      "--partition",
      "0"
    ])) as Copied
    expect(followed.partitions.map(({ copied }) => copied)).toEqual([2])
  })

  it("refuses a folder in use, a ledger that is not there or empty, one that is damaged, and a server that is away", async () => {
    using folder = tempDir("copy")
    using other = tempDir("copy")
    const copy = async (...places: [string, string]) => {
      const { code, stdout } = await trade(["ledger", "copy", "--from", places[0], "--to", places[1], "--json"])
      return [code, JSON.parse(stdout).error]
    }
    expect(await copy(at(folder.path), at(other.path))).toMatchObject([1, { code: "NoSuchLedger" }])
    await openSqliteLog({ file: join(folder.path, "ledger.sqlite") }).close()
    expect(await copy(at(folder.path), at(other.path))).toMatchObject([1, { code: "EmptyLedger" }])
    await twoPartitions(folder.path)

    const held = fork(new URL("./holding-folder.ts", import.meta.url), [folder.path])
    await once(held, "message")
    for (const places of [
      [at(folder.path), at(other.path)],
      [at(other.path), at(folder.path)]
    ] as const) {
      expect(await copy(...places)).toMatchObject([
        1,
        { detail: expect.stringMatching(/is in use by another running/) }
      ])
    }
    held.kill("SIGKILL")
    await once(held, "exit")

    const db = new DatabaseSync(join(folder.path, "ledger.sqlite"))
    db.exec("update commits set body = replace(body, 'Noted', 'Moved') where partition = 4 and no = 3")
    db.close()
    const damaged = await copy(at(folder.path), at(other.path))
    expect(damaged).toMatchObject([
      1,
      { code: "BrokenChain", detail: expect.stringMatching(/partition 4 is damaged at commit 3/) }
    ])
    expect((await rowsOf(other.path, 4)).length).toBe(2)
    expect(await copy(at(other.path), "nats:nats://127.0.0.1:1")).toMatchObject([1, {}])
  })
})
