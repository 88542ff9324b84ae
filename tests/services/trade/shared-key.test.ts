// Writers' processes that share a book of anchors and its key, which is rotated beside them.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, inject, it } from "vitest"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { openNatsAnchors } from "#infra/nats/anchor-stream.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade } from "#tests/support/trade.ts"

const program = inject("natsServer")
const head = (no: number) => ({ partition: 1, no, hash: String(no).repeat(64), eventNo: no })
type Shown = { readonly keys: ReadonlyArray<{ readonly key: string }>; readonly anchors: number; readonly ok: boolean }

it(
  "a key that several processes share is rotated where they sign",
  skipWithout(program, "no nats-server"),
  async () => {
    using folder = tempDir("shared-key")
    await using nats = await startNats({ program: program! })
    const keys = join(folder.path, "keys")
    const book = await openNatsAnchors({ url: nats.url, name: "test-process" })
    try {
      const process = makeAnchorer({ book, keys: keyFolder(keys), clock: () => new Date().toISOString() })
      const old = await process.sign(head(1))
      writeFileSync(join(folder.path, "process-name"), "one")
      const env = { TRADE2026_KEYS: keys, TRADE2026_DATA: folder.path }
      const refused = await trade(["anchors", "rotate"], env)
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("--log nats:URL")])
      const elsewhere = await trade(["anchors", "rotate", "--log", "sqlite:x"], env)
      expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining("nats:URL")])

      const rotated = await trade(["anchors", "rotate", "--log", `nats:${nats.url}`, "--json"], env)
      expect(rotated.code).toBe(0)
      const shown = JSON.parse(rotated.stdout) as Shown
      expect(shown).toMatchObject({ ok: true, anchors: 1, keys: [{ key: old.key }, {}] })
      expect((await process.sign(head(2))).key).toBe(shown.keys[1]!.key)
      const other = { TRADE2026_DATA: join(folder.path, "other") }
      const keyless = await trade(["anchors", "rotate", "--log", `nats:${nats.url}`], other)
      expect([keyless.code, keyless.stderr]).toEqual([1, expect.stringContaining("private half is not here")])
    } finally {
      await book.close()
    }
  }
)
