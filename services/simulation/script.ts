import type { Command, Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { lawOf } from "./broken-law.ts"
import { tell, type BrokenAt, type SimulationOptions } from "./run.ts"
import { World, type AccountDecider } from "./world.ts"

type Events = ReadonlyArray<Recorded<AccountEvent>>
/**
 * A command of a story, so that it can be told without some others: orders and more are numbered by their events, so
 * they have other names then. `made` and `mentions` are the names that this command gave and used when it was drawn.
 */
export type Line = {
  readonly command: Command
  readonly made: ReadonlyArray<string>
  readonly mentions: ReadonlyArray<string>
}
export type Script = ReadonlyArray<Line>

/** The commands of a world up to the one that broke a law. */
export const record = (options: Omit<SimulationOptions, "onTaken">): Script => {
  const script: Array<Line> = []
  const known = new Set<string>()
  const onTaken = (command: Command, events: Events) => {
    const mentions = textsIn(command.request).filter((text) => known.has(text))
    const made = namesMade(events)
    for (const name of made) known.add(name)
    script.push({ command, made, mentions })
  }
  tell({ ...options, onTaken })
  return script
}

/** What was told of a script: lines about what was never made are left out, and nothing comes after a broken law. */
export type Telling = {
  readonly lines: ReadonlyArray<Line & { readonly events: Events }>
  readonly broken?: BrokenAt
}

/** Tells a script. All of the state is looked at once, at the end: that is where the whole story broke. */
export const play = (script: Script, decider: AccountDecider): Telling => {
  const world = new World(decider)
  const names = new Map<string, string>()
  const lines: Array<Line & { readonly events: Events }> = []
  const last = script.at(-1)
  try {
    for (const line of script) {
      if (!line.mentions.every((name) => names.has(name))) continue
      const request = line.mentions.length === 0 ? line.command.request : renamed(line.command.request, names)
      try {
        world.take({ ...line.command, request }, line === last)
      } finally {
        lines.push({ ...line, events: world.last })
      }
      const made = namesMade(world.last)
      for (const [n, name] of line.made.entries()) if (made[n] !== undefined) names.set(name, made[n])
    }
    world.audit()
  } catch (error) {
    return { lines, broken: { law: lawOf(error), step: lines.length } }
  }
  return { lines }
}

const namesMade = (events: Events): ReadonlyArray<string> =>
  events.flatMap((event) =>
    event.type === "TradingHalted" ? [event.data.haltId] : NAMED.has(event.type) ? [`0-${event.eventNo}`] : []
  )
/** Orders, groups, what is asked of a venue and what leaves the partition go by the number of their event. */
const NAMED = new Set<AccountEvent["type"]>([
  "OrderPlaced",
  "GroupPlaced",
  "ReplaceRequested",
  "CancelRequested",
  "TransferredOut"
])

const textsIn = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : []
}
const renamed = (request: Request, names: ReadonlyMap<string, string>): Request => {
  const rename = (value: unknown): unknown => {
    if (typeof value === "string") return names.get(value) ?? value
    if (typeof value !== "object" || value === null) return value
    if (Array.isArray(value)) return value.map(rename)
    return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, rename(of)]))
  }
  return rename(request) as Request
}
