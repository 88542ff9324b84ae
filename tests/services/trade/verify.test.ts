import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { sealCommit, type ChainHead, EMPTY_CHAIN } from "#streams/commit.ts"
import type { RowStore, RowVersion } from "#streams/ports/row-store.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { project } from "#streams/project.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { storyLog } from "#tests/projections/story.ts"
import { filled, storeOf, storyFolder, trade } from "./trade.ts"

type Fault = { readonly check: string; readonly reason: string; readonly commit?: number; readonly copy?: string }
type Verdict = {
  readonly ok: boolean
  readonly partitions: ReadonlyArray<{ commits: number; events: number }>
  readonly projections: ReadonlyArray<{ name: string; compared: boolean; hash: string; storedHash?: string }>
  readonly faults: ReadonlyArray<Fault>
  readonly notCompared?: string
}
type Raw = Record<string, unknown> & { data: Record<string, unknown> }

/** A story on disk, something done to it behind everybody's back, and what verify says then. */
const verdictOn = async (spoil: (db: DatabaseSync) => void, store?: RowStore) => {
  using folder = tempDir("verify")
  await storyFolder(folder.path, 41, 240)
  return await afterwards(folder.path, spoil, store)
}
const afterwards = async (folder: string, spoil: (db: DatabaseSync) => void, store?: RowStore) => {
  const db = new DatabaseSync(join(folder, "ledger.sqlite"))
  spoil(db)
  db.close()
  const { exitCode, stdout } = await trade(folder, ["verify", "--json"], store === undefined ? {} : { store })
  return { exitCode, verdict: JSON.parse(stdout) as Verdict }
}

/** Changes the events of a commit and seals it and all later ones anew: a forger who knows the format. */
const forge = (db: DatabaseSync, no: number, change: (events: Array<Raw>) => void): void => {
  const rows = db.prepare("select no, body from commits order by no").all() as unknown as ReadonlyArray<{
    no: number
    body: Uint8Array
  }>
  let head: ChainHead = EMPTY_CHAIN
  for (const row of rows) {
    const body = JSON.parse(Buffer.from(row.body).toString()) as { epoch: number; events: Array<Raw> }
    if (row.no === no) change(body.events)
    const commit = sealCommit(
      head,
      0,
      body.epoch,
      "story",
      body.events.map((event) => JSON.stringify(event))
    )
    const { id, prev, root, hash, body: bytes } = commit
    const update = db.prepare("update commits set id = ?, prev = ?, root = ?, hash = ?, body = ? where no = ?")
    update.run(`x${id}`, prev, root, hash, bytes, row.no) // ids are unique, and a later commit may have this one still
    db.prepare("update commits set id = ? where no = ?").run(id, row.no)
    head = commit
  }
}
const firstWith = (db: DatabaseSync, type: string): number => {
  const row = db
    .prepare("select min(no) as no from commits where instr(cast(body as text), ?) > 0")
    .get(`"type":"${type}"`)
  return Number(row?.["no"])
}

describe("verify", () => {
  it("finds nothing wrong with a sound ledger", async () => {
    const { exitCode, verdict } = await verdictOn(() => undefined)
    expect(exitCode).toBe(0)
    expect(verdict).toMatchObject({ ok: true, faults: [], notCompared: "there is no store" })
    expect(verdict.partitions[0]!.events).toBeGreaterThan(100)
    expect(verdict.projections.map(({ name }) => name)).toEqual(PROJECTIONS.map(({ name }) => name))
  })

  const spoiled: ReadonlyArray<readonly [string, (db: DatabaseSync) => void, number, RegExp]> = [
    ["a flipped bit", (db) => flip(db, 20), 20, /damaged at commit 20: its hash differs/],
    [
      "a commit that is gone",
      (db) => db.exec("delete from commits where no = 20"),
      20,
      /commit 20: the log continues with commit 21/
    ],
    [
      "two commits that changed places",
      (db) => swap(db, 20, 21),
      20,
      /commit 20: it does not follow the commit before it/
    ],
    [
      "another hash",
      (db) => db.exec(`update commits set hash = '${"a".repeat(64)}' where no = 20`),
      20,
      /commit 20: its hash differs/
    ],
    [
      "another root",
      (db) => db.exec(`update commits set root = '${"b".repeat(64)}' where no = 20`),
      20,
      /commit 20: its hash differs/
    ],
    ["a body that is no JSON", (db) => db.exec("update commits set body = 'x' where no = 20"), 20, /commit 20/]
  ]
  it.each(spoiled)("names the first bad commit: %s", async (_, spoil, commit, words) => {
    const { exitCode, verdict } = await verdictOn(spoil)
    expect(exitCode).toBe(1)
    expect(verdict.ok).toBe(false)
    const [chain, ...copies] = verdict.faults
    expect(chain).toMatchObject({ check: "chain", commit, reason: expect.stringMatching(words) })
    expect(copies[0]).toMatchObject({ check: "copies", copy: "ledger", commit })
    expect(verdict.partitions[0]!.commits).toBe(commit - 1)
  })

  const forged: ReadonlyArray<readonly [string, string, (events: Array<Raw>) => void, string, RegExp]> = [
    [
      "an amount that is no decimal",
      "Deposited",
      (events) => (one(events, "Deposited").data["amount"] = "1e9"),
      "events",
      /\(Deposited\).*amount/
    ],
    ["a field that does not exist", "Deposited", ([event]) => (event!.data["note"] = "x"), "events", /note/],
    [
      "a number that is missing",
      "Deposited",
      ([event]) => (event!["eventNo"] = 99_999),
      "events",
      /event 99999 does not follow/
    ],
    [
      "time that runs back",
      "Deposited",
      ([event]) => (event!["recordedAt"] = "1999-01-01T00:00:00.000000000Z"),
      "rules",
      /recorded before/
    ],
    [
      "an account that was never opened",
      "OrderPlaced",
      (events) => (one(events, "OrderPlaced")["account"] = "ghost"),
      "rules",
      /never opened/
    ],
    [
      "a decision that does not follow from its checks",
      "OrderRiskDecided",
      (events) => turn(events),
      "rules",
      /does not follow from its checks/
    ],
    [
      "a fill of something else",
      "OrderFilled",
      (events) => (one(events, "OrderFilled").data["base"] = "ZZZ"),
      "balances",
      /postings say/
    ]
  ]
  it.each(forged)("is not taken in by a forger: %s", async (_, type, change, check, words) => {
    let at = 0
    const { exitCode, verdict } = await verdictOn((db) => forge(db, (at = firstWith(db, type)), change))
    expect(exitCode).toBe(1)
    expect(verdict.faults).toHaveLength(1)
    expect(verdict.faults[0]).toMatchObject({ check, reason: expect.stringMatching(words) })
    if (check !== "balances") expect(verdict.faults[0]!.commit).toBe(at)
  })

  it("compares the projections with a fresh fold", async () => {
    using folder = tempDir("verify")
    await storyFolder(folder.path, 41, 240)
    const { exitCode, verdict } = await afterwards(folder.path, () => undefined, await storeOf(folder.path))
    expect([exitCode, verdict.faults]).toEqual([0, []])
    for (const { compared, hash, storedHash } of verdict.projections)
      expect([compared, storedHash]).toEqual([true, hash])
  })

  it.each([
    [
      "an order",
      "orders",
      (row: RowVersion) => ({ ...row, row: { ...row.row, cumQty: 1n } }),
      /orders: the row 0-\d+ is not what the ledger gives/
    ],
    [
      "an event",
      "events",
      (row: RowVersion) => ({ ...row, row: { ...row.row, actor: "nobody" } }),
      /events: the row \d+ is not what/
    ],
    [
      "a balance more",
      "balances",
      (row: RowVersion) => ({ ...row, row: { ...row.row, account: "A0" } }),
      /balances has a row A0 USD that the ledger does not give/
    ]
  ] as const)("names the row of the store that was tampered with: %s", async (_, name, change, words) => {
    using folder = tempDir("verify")
    await storyFolder(folder.path, 41, 240)
    const store = await storeOf(folder.path)
    const table = PROJECTIONS.find((one) => one.name === name)!
    const [rows] = await Array.fromAsync(store.rows(table))
    await store.write([{ table, versions: [change(rows![0]!)] }], [])
    const { exitCode, verdict } = await afterwards(folder.path, () => undefined, store)
    expect(exitCode).toBe(1)
    expect(verdict.faults).toEqual([
      expect.objectContaining({ check: "projections", reason: expect.stringMatching(words) })
    ])
  })

  it("sees by the store that history was rewritten, or that its end is gone", async () => {
    using folder = tempDir("verify")
    await storyFolder(folder.path, 41, 240)
    const store = await storeOf(folder.path)
    const cut = await afterwards(folder.path, (db) => db.exec("delete from commits where no > 30"), store)
    expect(cut.exitCode).toBe(1)
    expect(cut.verdict.faults[0]!.reason).toMatch(
      /stands at commit \d+ of partition 0, and the ledger ends at commit 30/
    )

    using other = tempDir("verify")
    await storyFolder(other.path, 41, 240)
    const richer = (events: Array<Raw>) => (one(events, "Deposited").data["amount"] = "5000000")
    const { exitCode, verdict } = await afterwards(
      other.path,
      (db) => forge(db, firstWith(db, "Deposited"), richer),
      store
    )
    expect(exitCode).toBe(1)
    expect(verdict.faults.map(({ check }) => check)).toContain("projections")
  })

  it("says so when the store is in use, and checks the rest", async () => {
    using folder = tempDir("verify")
    await storyFolder(folder.path, 42, 60)
    const { stdout, exitCode } = await trade(folder.path, ["verify", "--json"], {
      env: { CLICKHOUSE_URL: "http://127.0.0.1:9" }
    })
    const verdict = JSON.parse(stdout) as Verdict
    expect(exitCode).toBe(0)
    expect(verdict.notCompared).toBe("The ClickHouse folder is held by another running instance.")
  })
})

const one = (events: Array<Raw>, wanted: string): Raw => events.find(({ type }) => type === wanted)!
const turn = (events: Array<Raw>): void => {
  const { data } = one(events, "OrderRiskDecided")
  data["decision"] = data["decision"] === "approved" ? "denied" : "approved"
}
const flip = (db: DatabaseSync, no: number): void => {
  const body = Buffer.from(db.prepare("select body from commits where no = ?").get(no)!["body"] as Uint8Array)
  body[body.indexOf("recordedAt") + 20]! ^= 1
  db.prepare("update commits set body = ? where no = ?").run(body, no)
}
const swap = (db: DatabaseSync, a: number, b: number): void => {
  const set = db.prepare("update commits set no = ? where no = ?")
  for (const [to, from] of [
    [-1, a],
    [a, b],
    [b, -1]
  ] as const)
    set.run(to, from)
}

it("compares projections where they stood when it began: beside a platform that writes on", async () => {
  using folder = tempDir("verify-live")
  await storyFolder(folder.path, 41, 240)
  const log = openSqliteLog({ file: join(folder.path, "ledger.sqlite"), readOnly: true })
  const earlier = memoryLog()
  for await (const batch of log.read(0, 1))
    for (const commit of batch) if (commit.no <= 60) await earlier.append(commit)
  const rows = await filled(earlier)
  const store: RowStore = {
    ...rows,
    rows: async function* (table, cut) {
      await filled(log, rows) // the platform goes on while the ledger is read
      yield* rows.rows(table, cut)
    }
  }
  const { exitCode, verdict } = await afterwards(folder.path, () => undefined, store)
  await log.close()
  expect(verdict.faults).toEqual([])
  expect(verdict.projections.every(({ compared }) => compared)).toBe(true)
  expect(exitCode).toBe(0)
})

it("compares the projections of several partitions, and of one of them", async () => {
  using folder = tempDir("verify-two")
  await storyFolder(folder.path, 41, 60)
  const log = openSqliteLog({ file: join(folder.path, "ledger.sqlite") })
  await storyLog({ seed: 43, steps: 60, together: 4, log, partition: 1 })
  const rows = await filled(log)
  await project<AccountEvent>({
    log,
    partition: 1,
    codec: ledgerCodec,
    projections: PROJECTIONS,
    store: rows,
    until: "head"
  }).ended
  await log.close()
  const both = await afterwards(folder.path, () => undefined, rows)
  expect([both.exitCode, both.verdict.faults]).toEqual([0, []])
  const { exitCode, stdout } = await trade(folder.path, ["verify", "--partitions", "1", "--json"], { store: rows })
  expect([exitCode, (JSON.parse(stdout) as Verdict).faults]).toEqual([0, []])
})
