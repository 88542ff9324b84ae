import type { Command } from "#domain/account/commands.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { microsOf } from "#domain/kernel/time.ts"
import type { Telling } from "./script.ts"

/** What says nothing about why a law broke: kept in the commands themselves. */
const LEFT_OUT = new Set([
  "type",
  "at",
  "mdNo",
  "lastNo",
  "lastAt",
  "markedAt",
  "queueAhead",
  "venue",
  "report",
  "source"
])

/**
 * A line for each command: its number, its id, how long after the first, what it asked, and the events it led to.
 * Orders, requests and halts are named by the number of the line that made them, `#4.2` being the second of its line.
 */
export const told = ({ lines }: Telling): ReadonlyArray<string> => {
  const names = new Map<string, string>()
  const first = lines[0]
  return lines.map(({ command, made, events }, i) => {
    const asked = `${i + 1}. ${command.id} ${since(first!.command, command)} ${textOf(command, names)}`
    for (const [n, name] of made.entries()) names.set(name, n === 0 ? `#${i + 1}` : `#${i + 1}.${n + 1}`)
    return `${asked} -> ${events.map(({ type }) => type).join(", ") || "nothing"}`
  })
}

const since = (first: Command, { at }: Command): string => `+${(microsOf(at) - microsOf(first.at)) / 1e6}s`

const textOf = ({ request, seen }: Command, names: ReadonlyMap<string, string>): string => {
  const fields = request.type === "VenueReported" ? { ...request, ...request.report } : request
  const market = request.type === "SubmitOrder" || request.type === "ReplaceOrder" ? seen : undefined
  return [fields.type, ...fieldsOf(fields, names), ...fieldsOf({ ...market }, names)].join(" ")
}

const fieldsOf = (of: object, names: ReadonlyMap<string, string>): ReadonlyArray<string> =>
  Object.entries(of).flatMap(([key, value]: [string, unknown]) =>
    LEFT_OUT.has(key) || value === undefined ? [] : [`${key}=${plain(value, names)}`]
  )
const plain = (value: unknown, names: ReadonlyMap<string, string>): string => {
  if (typeof value === "bigint") return formatFixed(value)
  if (typeof value === "object" && value !== null) return `{${fieldsOf(value, names).join(" ")}}`
  return names.get(String(value)) ?? String(value)
}
