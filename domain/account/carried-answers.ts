import type { AccountId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import { textOf } from "./answered.ts"
import type { State } from "./state.ts"

/** So much of it is in one event at most: a commit is one message of a broker. */
const MOST_CHARS = 200_000

/**
 * What the commands of accounts that have left were answered with, as text in parts: first up to when answers were forgotten,
 * then for each account, id (its digest) and content in which partition, by which events and when. A command that was
 * made before the move is so still told as a repeat after it.
 */
export const packAnswers = (state: State, accounts: ReadonlyArray<AccountId>): ReadonlyArray<string> => {
  const { answered, away, partition } = state
  const names = new Map(accounts.flatMap((account) => (away.has(account) ? [[away.get(account)!.no, account]] : [])))
  const parts: Array<string> = []
  let part = String(answered.floorMicros)
  const add = (line: ReadonlyArray<string | number>) => {
    part += `;${line.join(" ")}`
    if (part.length < MOST_CHARS) return
    parts.push(part)
    part = String(answered.floorMicros)
  }
  for (const [key, { content, first, last, at, made, partition: by }] of answered.carried) {
    const [owner, high, low] = key.split(" ")
    const account = names.get(Number(owner))
    if (account !== undefined) add([account, high!, low!, content, by, first, last, at, made])
  }
  for (const one of [...answered.ahead.values(), ...answered.recent.ownedBy(names)])
    if (names.has(one.owner))
      add([names.get(one.owner)!, one.high, one.low, one.content, partition, one.first, one.last, one.at, one.made])
  return [...parts, part]
}

/** Accounts that have come remember what they were answered elsewhere. */
export const bringAnswers = (state: State, parts: Iterable<string>): void => {
  const { answered, accounts, partition } = state
  for (const text of parts) {
    const [floor, ...lines] = text.split(";")
    // what was forgotten elsewhere must not be new here
    answered.floorMicros = Math.max(answered.floorMicros, Number(floor))
    for (const line of lines) {
      const [account, high, low, content, by, first, last, at, made] = line.split(" ")
      const owner = accounts.get(account as AccountId)?.no
      if (owner === undefined || Number(by) === partition) continue // its own it remembers by itself
      answered.carried.set(textOf({ owner, high: Number(high), low: Number(low) }), {
        content: Number(content),
        first: Number(first),
        last: Number(last),
        at: at as Time,
        made: Number(made),
        partition: Number(by)
      })
    }
  }
}
