import { join } from "node:path"
import { expect, it } from "vitest"
import type { Time } from "#domain/kernel/time.ts"
import { openSqliteRaw } from "#infra/sqlite/raw-store.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { rawStoreContract } from "./raw-store.ts"

rawStoreContract("sqlite", async () => {
  const dir = tempDir("sqlite-raw")
  const file = join(dir.path, "raw.sqlite")
  return { open: async () => openSqliteRaw({ file }), discard: async () => dir[Symbol.dispose]() }
})

it("forgets old messages when it is opened, but not what is in suspense", async () => {
  using dir = tempDir("sqlite-raw")
  const file = join(dir.path, "raw.sqlite")
  const at = "2026-01-01T00:00:00.000000000Z" as Time
  const store = openSqliteRaw({ file })
  const record = { at, bytes: Buffer.from("x") }
  for (const channel of ["reports", "suspense"] as const) {
    await store.append({ venue: "v", channel }, [record, record, record])
  }
  await store.close()
  const later = openSqliteRaw({ file, forgetBefore: "2026-02-01T00:00:00.000000000Z" as Time })
  const count = async (channel: "reports" | "suspense") => {
    const numbers: Array<number> = []
    for await (const batch of later.read({ venue: "v", channel }, 1)) numbers.push(...batch.map(({ no }) => no))
    return numbers
  }
  expect(await count("reports"), "numbers go on from the newest").toEqual([3])
  expect(await count("suspense")).toEqual([1, 2, 3])
  expect(await later.append({ venue: "v", channel: "reports" }, [record])).toEqual([4])
  await later.close()
})
