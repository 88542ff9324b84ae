import { kindOf } from "./broken-law.ts"
import { OPENING_STEPS } from "./generate.ts"
import { play, record, type Line, type Script, type Telling } from "./script.ts"
import { realDecider, type AccountDecider } from "./world.ts"

/** So many commands are told again at most: some twenty seconds. What is found by then is short enough to read. */
const MOST_TOLD = 300_000

/**
 * The shortest story found that breaks the same law: first the opening with ever more of the end, then without all of
 * one account, symbol or type of command, then whatever can be left out, in halves, quarters and so on down to single
 * commands (delta debugging, Zeller). Later commands are tried first, because earlier ones made what they are about.
 * Undefined when the story does not break again.
 */
export const shrink = (script: Script, law: string, decider: AccountDecider): Telling | undefined => {
  const kind = kindOf(law)
  let budget = MOST_TOLD
  const breaking = (candidate: Script): Telling | undefined => {
    budget -= candidate.length
    const told = play(candidate, decider)
    return told.broken !== undefined && kindOf(told.broken.law) === kind ? told : undefined
  }
  let best = breaking(script)
  if (best === undefined) return undefined
  for (let last = 4; last + OPENING_STEPS < best.lines.length; last *= 2) {
    const { lines } = best
    const shorter = breaking([...lines.slice(0, OPENING_STEPS), ...lines.slice(-last)])
    if (shorter === undefined) continue
    best = shorter
    break
  }
  for (const kindOfLine of [accountOf, symbolOf, typeOf]) {
    for (const one of new Set(best.lines.map(kindOfLine))) {
      const { lines }: Telling = best
      best = breaking(lines.filter((line) => kindOfLine(line) !== one)) ?? best
    }
  }
  for (let size = Math.ceil(best.lines.length / 2); size >= 1;) {
    const before: number = best.lines.length
    for (let end: number = before; end > 0 && budget > 0; end -= size) {
      const { lines }: Telling = best
      if (end > lines.length) continue // more fell away than was dropped
      best = breaking([...lines.slice(0, Math.max(0, end - size)), ...lines.slice(end)]) ?? best
    }
    if (size > 1) size = Math.ceil(size / 2)
    else if (best.lines.length === before || budget <= 0) break // dropping one may have made room for another
  }
  return best
}

const accountOf = ({ command: { request } }: Line): string => ("account" in request ? request.account : "")
const symbolOf = ({ command: { request } }: Line): string => ("symbol" in request ? String(request.symbol) : "")
const typeOf = ({ command: { request } }: Line): string => request.type

/** Tells a world again up to where it broke, and shortens that. */
export const shortestHistory = (
  { seed, step, law }: { readonly seed: number; readonly step: number; readonly law: string },
  decider = realDecider()
): Telling | undefined => shrink(record({ seed, steps: step, decider }), law, decider)
