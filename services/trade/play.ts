import { join } from "node:path"
import type { AccountId } from "#domain/kernel/ids.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { DEMO_ACCOUNT } from "#services/session/first-accounts.ts"
import { demoTrader } from "#services/session/demo-trader.ts"
import { playLockStep } from "#services/session/lock-step.ts"
import { paperVenue } from "#services/session/paper.ts"
import { projectInto, type ProjectionHash } from "./projection-hashes.ts"
import { count } from "./progress.ts"
import { CannotDo, WrongUsage, type LogPlace, type Tools } from "./tools.ts"
import type { Said, Verb } from "./usage.ts"

type Destination = LogPlace | { readonly kind: "memory" }
type DeadLetters = {
  count: number
  readonly first: Array<{ source: string; line: number; reason: string; raw: string }>
}

const SHOWN_LETTERS = 10

/** Plays recordings through normaliser, venue, writer and projections in lock-step. */
export const market: Verb = {
  words: "play FILE...",
  about: `Plays Binance combined-stream recordings (.ws or .ws.gz) in lock-step: the clock is each message's receive
time, and nothing depends on the machine's speed. The same files and seed give the same events on every log, and the
content hashes that are printed say so.`,
  options: {
    strategy: { value: "demo", help: "let the demo strategy trade account demo (none without it)" },
    speed: {
      value: "N|lock-step",
      help: "1 as recorded, 10 ten times as fast, lock-step as fast as possible (lock-step); the outcome is the same"
    },
    seed: { value: "N", help: "seed of the venue's and the strategy's chance (1)" },
    log: {
      value: "memory|sqlite|nats|kurrentdb",
      help: "where the ledger goes (memory; sqlite: DIR/ledger.sqlite; nats: NATS_URL; kurrentdb: KURRENTDB_URL)"
    },
    data: {
      value: "DIR",
      help: "the folder that the ledger and its projections go into (none: only the hashes are kept)"
    }
  },
  examples: ["market play day.ws.gz --strategy demo --seed 7 --json"],
  run: async (said, tools) => {
    const [what, ...files] = said.words
    if (what !== "play" || files.length === 0) throw new WrongUsage("say: market play FILE...")
    for (const file of files) if (!tools.exists(file)) throw new CannotDo("NoSuchFile", `there is no file ${file}`)
    const seed = wholeOption(said, "seed", 1)
    const strategy = said.text("strategy")
    if (strategy !== undefined && strategy !== "demo")
      throw new WrongUsage(`--strategy ${strategy}: there is only demo`)
    const data = said.text("data")
    const release = data === undefined ? () => {} : tools.own(data)
    const log = await tools.openNewLog(destination(said, tools, data))
    const store = data === undefined ? undefined : await tools.openStore({ folder: join(data, "clickhouse") })
    const progress = tools.progress("playing")
    const letters: DeadLetters = { count: 0, first: [] }
    const began = performance.now()
    try {
      const feed = tools.recordings(files, speedOf(said), (letter) => {
        if (++letters.count <= SHOWN_LETTERS) letters.first.push({ ...letter, raw: letter.raw.slice(0, 500) })
      })
      const account: AccountId = DEMO_ACCOUNT
      const played = await playLockStep({
        log,
        feed,
        venue: paperVenue(seed),
        accounts: [account],
        ...(strategy !== undefined && { trader: demoTrader(account, seed) }),
        signal: new AbortController().signal,
        onProgress: (messages, at) => progress.at(messages, undefined, at)
      })
      const seconds = (performance.now() - began) / 1000
      progress.end()
      const { hashes, pnl } = await projectInto(log, store?.rows ?? tools.memoryRows(), PROJECTIONS, account)
      const json = {
        files,
        seed,
        strategy: strategy ?? null,
        log: log.name,
        ...played,
        seconds,
        deadLetters: letters,
        pnl,
        projections: hashes
      }
      return { ok: true, json, text: textOf(played, seconds, letters, hashes, pnl) }
    } finally {
      progress.end()
      await store?.close()
      await log.close()
      release()
    }
  }
}

const destination = (said: Said, tools: Tools, data: string | undefined): Destination => {
  const told = said.text("log") ?? (data === undefined ? "memory" : "sqlite")
  if (told === "memory") return { kind: "memory" }
  if (told === "sqlite") {
    if (data === undefined) throw new WrongUsage("--log sqlite needs --data DIR")
    return { kind: "sqlite", file: join(data, "ledger.sqlite") }
  }
  if (told !== "nats" && told !== "kurrentdb") throw new WrongUsage(`--log ${told}: memory, sqlite, nats or kurrentdb`)
  const name = told === "nats" ? "NATS_URL" : "KURRENTDB_URL"
  const url = tools.env[name]
  if (url === undefined) throw new WrongUsage(`--log ${told} needs ${name} in the environment`)
  return { kind: told, url }
}

const speedOf = (said: Said): number | "lock-step" => {
  const text = said.text("speed") ?? "lock-step"
  if (text === "lock-step") return text
  const speed = Number(text)
  if (!(speed > 0 && speed <= 1_000_000)) throw new WrongUsage(`--speed ${text}: give a number above 0, or lock-step`)
  return speed
}

/** A whole number that an option gives. */
export const wholeOption = (said: Said, name: string, otherwise: number): number => {
  const text = said.text(name)
  if (text === undefined) return otherwise
  if (!/^\d{1,10}$/u.test(text)) throw new WrongUsage(`--${name} ${text}: give a whole number`)
  return Number(text)
}

const textOf = (
  played: { messages: number; events: number; commits: number },
  seconds: number,
  letters: DeadLetters,
  hashes: ReadonlyArray<ProjectionHash>,
  pnl: Record<string, unknown>
): string => {
  const dead = letters.first.map(({ source, line, reason }) => `  ${source}:${line}  ${reason}`).join("\n")
  const lines = hashes.map(({ name, rows, hash }) => `  ${name.padEnd(12)} ${count(rows).padStart(9)} rows  ${hash}`)
  return `${count(played.messages)} messages played in ${seconds.toFixed(1)} s (${count(played.messages / seconds)}/s), ${count(played.events)} events in ${count(played.commits)} commits
${letters.count === 0 ? "No message was refused." : `${count(letters.count)} messages could not be understood:\n${dead}`}
P&L of ${String(pnl["account"])}: realized ${String(pnl["realized"])}, unrealized ${String(pnl["unrealized"])}, fees ${String(pnl["fees"])}, equity ${String(pnl["equity"])} ${String(pnl["currency"])}
Content hashes:
${lines.join("\n")}`
}
