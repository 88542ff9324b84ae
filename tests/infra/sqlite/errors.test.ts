import { expect, it } from "vitest"
import { isBusy, isStorageTrouble, isTakenId, isUnsure } from "#infra/sqlite/errors.ts"

const failed = (errcode: number) => Object.assign(new Error("from SQLite"), { code: "ERR_SQLITE_ERROR", errcode })

it.each([
  ["busy", 5, true, false],
  ["a snapshot that is too old", 517, true, false],
  ["read-only", 8, true, false],
  ["a full disk", 13, true, false],
  ["a failed write", 778, true, false],
  ["a failed fsync", 1034, true, true],
  ["a failed fsync of the folder", 1290, true, true],
  ["a file that cannot be opened", 14, true, false],
  ["an id that is taken", 2067, false, false],
  ["a mistake in a statement", 1, false, false]
])("knows %s: whether waiting helps, and whether it leaves doubt", (_, code, trouble, unsure) => {
  expect(isStorageTrouble(failed(code))).toBe(trouble)
  expect(isUnsure(failed(code))).toBe(unsure)
})

it("does not take other errors for SQLite's", () => {
  for (const other of [new Error("no code"), "text", undefined, Object.assign(new Error("odd"), { errcode: "13" })]) {
    expect([isBusy, isStorageTrouble, isTakenId, isUnsure].map((is) => is(other))).toEqual([false, false, false, false])
  }
})
