import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { readChecked } from "#streams/chain.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const writer = fileURLToPath(new URL("./appending-writer.ts", import.meta.url))

/** A process of its own that appends; `said` is what it has printed. */
const startWriter = (command: string, ...words: ReadonlyArray<string>) => {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "inherit"] })
  let said = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
  const ended = once(child, "close")
  return { kill: () => child.kill("SIGKILL"), ended, said: () => said }
}

const whole = (text: string) => text.slice(0, text.lastIndexOf("\n")).split("\n")

const hashesIn = async (file: string): Promise<ReadonlyArray<string>> => {
  const log = openSqliteLog({ file, readOnly: true })
  const hashes: Array<string> = []
  for await (const batch of readChecked(log, 0)) hashes.push(...batch.map(({ stored }) => stored.hash))
  await log.close()
  return hashes
}

it("keeps all that was acknowledged when the writer is killed, and at most one commit more", async () => {
  using dir = tempDir("sqlite-kill")
  const file = join(dir.path, "ledger.sqlite")
  let before = 0
  for (let round = 0; round < 5; round++) {
    const child = startWriter(process.execPath, writer, file)
    while (!child.said().includes("\n")) await sleep(5)
    await sleep(20 + Math.random() * 150)
    child.kill()
    await child.ended
    const hashes = await hashesIn(file)
    const acknowledged = whole(child.said()).map((line) => line.split(" ") as [string, string])
    for (const [no, hash] of acknowledged) expect(hashes[Number(no) - 1]).toBe(hash)
    const last = Number(acknowledged.at(-1)![0])
    expect(acknowledged.length).toBe(last - before)
    expect(hashes.length - last).toBeLessThanOrEqual(1)
    before = hashes.length
  }
})

const shell = process.platform !== "win32" || undefined
it("says that nothing was stored when the disk takes no more", skipWithout(shell, "ulimit is a shell's"), async () => {
  using dir = tempDir("sqlite-full")
  const file = join(dir.path, "ledger.sqlite")
  const child = startWriter("sh", "-c", `ulimit -f 400; exec "$0" "$@"`, process.execPath, writer, file)
  const [code] = await child.ended
  expect(code).toBe(3)
  const lines = whole(child.said())
  const [, at, head] = /^unavailable at (\d+), the head is (\d+)$/.exec(lines.at(-1)!)!
  expect(Number(at)).toBe(Number(head) + 1)
  expect(lines.length - 1).toBe(Number(head))
  expect((await hashesIn(file)).length).toBe(Number(head))
})
