import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { contentHash, contentHasher, type HashedTable } from "#streams/content-hash.ts"
import type { RowVersion } from "#streams/ports/row-store.ts"

const table: HashedTable = {
  name: "things",
  version: 1,
  columns: { id: "text", zeta: "amount", Alpha: "integer", note: "text", trace: "text" },
  key: ["id"],
  unhashed: ["trace"]
}
const rows: ReadonlyArray<RowVersion> = [
  { partition: 0, eventNo: 7, row: { id: "a", zeta: -150_000_000n, Alpha: 3, note: 'żółć "\n\u2028 €', trace: "t" } },
  { partition: 0, eventNo: 9, row: { id: "b", zeta: 10n ** 26n, Alpha: -1, note: "", trace: "" } }
]
const text = `{"Alpha":3,"eventNo":7,"id":"a","note":"żółć \\"\\n\u2028 €","zeta":"-1.5"}
{"Alpha":-1,"eventNo":9,"id":"b","note":"","zeta":"1000000000000000000"}`
const sha = (bytes: string) => createHash("sha256").update(bytes, "utf8").digest("hex")
async function* batches(size: number) {
  for (let i = 0; i < rows.length; i += size) yield rows.slice(i, i + size)
}

describe("content hash", () => {
  it("is sha256 over the rows' canonical JSON, a line each", async () => {
    expect(await contentHash(table, batches(10))).toEqual({ rows: 2, hash: sha(text) })
    expect(await contentHash(table, batches(1))).toEqual({ rows: 2, hash: sha(text) })
  })

  it("does not depend on unhashed columns and partitions", async () => {
    const hasher = contentHasher(table)
    for (const { eventNo, row } of rows) hasher.add({ partition: 5, eventNo, row: { ...row, trace: "another" } })
    expect(hasher.done().hash).toBe(sha(text))
  })

  it("of nothing is the hash of no bytes", () => {
    expect(contentHasher(table).done()).toEqual({ rows: 0, hash: sha("") })
  })

  it("is the same for any number of rows, written at once or in parts", () => {
    const many = contentHasher(table)
    const lines: Array<string> = []
    for (let i = 1; i <= 5_000; i++) {
      many.add({ partition: 0, eventNo: i, row: { id: String(i), zeta: BigInt(i), Alpha: i, note: "n", trace: "" } })
      lines.push(
        JSON.stringify({
          Alpha: i,
          eventNo: i,
          id: String(i),
          note: "n",
          zeta: (i / 1e8).toFixed(8).replace(/0+$/, "")
        })
      )
    }
    expect(many.done().hash).toBe(sha(lines.join("\n")))
  })
})
