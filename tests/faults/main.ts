import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Draw } from "#services/simulation/draw.ts"
import { findProgram } from "#tests/support/programs.ts"
import { type TempDir, tempDir } from "#tests/support/temp-dir.ts"
import { clusterStage } from "./cluster-stage.ts"
import { embeddedStage } from "./embedded-stage.ts"
import { natsStage } from "./nats-stage.ts"
import { noUnsyncedDisk } from "./unsynced-disk.ts"
import { playRounds } from "./rounds.ts"
import { unmount } from "#tests/support/small-disk.ts"
import type { Stage, StageOptions } from "./stage.ts"
import { Tally } from "./tally.ts"

const STAGES: Readonly<Record<string, (options: StageOptions) => Promise<Stage>>> = {
  nats: (options) => natsStage(options),
  cluster: clusterStage,
  embedded: (options) => embeddedStage(options),
  "nats-power": (options) => natsStage(options, true),
  "embedded-power": (options) => embeddedStage(options, true)
}
const noPower = noUnsyncedDisk()
const USAGE = `Usage: npm run faults -- [OPTIONS]

Breaks processes, servers, lines, disks and clocks under load, and counts what became of every answer.

  --minutes N     how long (20), and as long again as the last round takes
  --seed S        which faults in which order (default: another one each time, which is printed)
  --only NAMES    of the stages ${Object.keys(STAGES).join(", ")}: one nats-server and two writers; three servers and two writers; a
                  platform with its ledger in a file; -power: unsynced writes vanish (Linux, root, a C compiler)
  --rounds N      faults on one ledger before a new one is begun (25)
  --callers N     who send orders, each waiting for its answer (4)
  --json          one JSON document at the end instead of the table
  --help          this text

Exit code 0: every answer held. 1: one did not, or service did not come back; 2: wrong usage.
`
class WrongUsage extends Error {}

const options = {
  minutes: { type: "string", default: "20" },
  seed: { type: "string" },
  only: { type: "string" },
  rounds: { type: "string", default: "25" },
  callers: { type: "string", default: "4" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false }
} as const

const number = (name: string, text: string, most: number): number => {
  const value = Number(text)
  if (text.trim() !== "" && value > 0 && value <= most) return value
  throw new WrongUsage(`--${name} is a number above 0 and at most ${most}, not ${text}`)
}
const read = () => {
  let values
  try {
    values = parseArgs({ options }).values
  } catch (error) {
    throw new WrongUsage((error as Error).message)
  }
  const only =
    values.only?.split(",") ?? Object.keys(STAGES).filter((name) => noPower === undefined || !name.endsWith("-power"))
  const unknown = only.find((name) => !Object.hasOwn(STAGES, name))
  if (unknown !== undefined) throw new WrongUsage(`--only takes ${Object.keys(STAGES).join(", ")}, not ${unknown}`)
  const seed = Math.floor(number("seed", values.seed ?? String(1 + Math.floor(Math.random() * 2 ** 31)), 2 ** 32 - 1))
  return {
    ...values,
    only,
    seed,
    minutes: number("minutes", values.minutes, 24 * 60),
    rounds: number("rounds", values.rounds, 10_000),
    callers: number("callers", values.callers, 256)
  }
}

const run = async ({ only, seed, minutes, rounds, callers, json }: ReturnType<typeof read>): Promise<number> => {
  const say = (text: string) => process.stderr.write(`${text}\n`)
  if (only.some((name) => !name.startsWith("embedded")) && findProgram("nats-server") === undefined)
    throw new WrongUsage("no nats-server was found: run infra/provision/provision.sh nats, or --only embedded")
  if (noPower !== undefined) say(`no power cuts: ${noPower}`)
  if (noPower !== undefined && only.some((name) => name.endsWith("-power"))) throw new WrongUsage(noPower)
  say(`npm run faults -- --minutes ${minutes} --seed ${seed} --only ${only.join(",")}`)
  const [draw, tally, problems] = [new Draw(seed), new Tally(), [] as Array<string>]
  const started = new Set<number>()
  const endAll = () => started.forEach(end)
  const report = () => {
    console.log(json ? JSON.stringify({ seed, minutes, only, rows: tally.all(), problems }) : `\n${tally.table()}`)
    for (const problem of problems) say(problem)
  }
  let current: TempDir | undefined
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      endAll()
      report()
      if (current !== undefined) unmount(join(current.path, "disk"))
      current?.[Symbol.dispose]()
      process.exit(130)
    })
  const until = performance.now() + minutes * 60_000
  const timeLeft = () => performance.now() < until
  for (let stages = 0; timeLeft(); stages++) {
    const name = only[stages % only.length]!
    using folder = tempDir(`faults-${name}`)
    current = folder
    try {
      await using stage = await STAGES[name]!({
        seed: `f${seed}s${stages}`,
        folder: folder.path,
        onSpawn: (pid) => started.add(pid),
        callers,
        pauseMs: 15
      })
      const onRound = (fault: string, ms: number) =>
        say(`${String(tally.faults).padStart(5)}  ${stage.name}: ${fault}  (${ms} ms without an answer)`)
      await playRounds({ stage, draw, tally, most: rounds, timeLeft, onRound })
      problems.push(...stage.story.failures)
    } catch (error) {
      problems.push((error as Error).message)
      say(`PROBLEM  ${(error as Error).message}`)
    } finally {
      endAll()
      started.clear()
    }
  }
  report()
  return tally.sound && problems.length === 0 ? 0 : 1
}

/** A process of ours and what it started. Most have ended before, and their number may be somebody else's by now. */
const end = (pid: number): void => {
  const parent = spawnSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim()
  if (Number(parent) !== process.pid) return
  for (const one of [-pid, pid])
    try {
      process.kill(one, "SIGKILL")
    } catch {
      // not a group of its own
    }
}

try {
  const asked = read()
  if (asked.help) process.stdout.write(USAGE)
  else process.exit(await run(asked))
} catch (error) {
  if (!(error instanceof WrongUsage)) throw error
  process.stderr.write(`${error.message}\n\n${USAGE}`)
  process.exit(2)
}
