import { execFile } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import { startEntry } from "#tests/services/oms/order-entry/entry.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

it("docs/sessions.md: its client runs as it stands, and prints what is shown", async () => {
  const doc = readFileSync(join(import.meta.dirname, "..", "..", "docs", "sessions.md"), "utf8")
  const blockOf = (language: string) => doc.split(`\`\`\`${language}\n`)[1]!.split("```")[0]!
  using folder = tempDir("sessions-doc")
  const file = join(folder.path, "session.mjs")
  writeFileSync(file, blockOf("js"))
  const entry = await startEntry()
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      env: { ...process.env, SESSION_URL: entry.url }
    })
    // each run has a session of its own, and the events of this platform other numbers
    const bare = (text: string) =>
      text
        .replaceAll(/session [0-9a-z]{19}/gu, "session")
        .replaceAll(/"0[-:]\d+"/gu, '"0"')
        .trim()
        .split("\n")
    expect(bare(stdout)).toEqual(bare(blockOf("text")))
  } finally {
    await entry.close()
  }
})
