// Appends until it is killed, and says after each commit which one is durable. Run by kill.test.ts.
import { writeSync } from "node:fs"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { EMPTY_CHAIN } from "#streams/commit.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import { chainOf } from "#tests/contracts/commits.ts"

const [file] = process.argv.slice(2)
const log = openSqliteLog({ file: file! })
let head = (await log.head(0)) ?? EMPTY_CHAIN
for (;;) {
  const [commit] = chainOf([head.no % 7], { head, note: "x".repeat(200) })
  try {
    await log.append(commit!)
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error
    const stands = await log.head(0)
    writeSync(1, `unavailable at ${commit!.no}, the head is ${stands?.no}\n`)
    process.exit(3)
  }
  writeSync(1, `${commit!.no} ${commit!.hash}\n`)
  head = commit!
}
