import { fractionOf } from "#domain/kernel/chance.ts"
import type { LiveSession } from "./live.ts"

const UP_MS = { least: 10_000, more: 50_000 }
const DOWN_MS = { least: 500, more: 4_500 }

/** Breaks the line to the venue by chance, about twice a minute for some seconds; stops when it is told to. */
export const breakingLine = (session: Pick<LiveSession, "venueConnected">, seed: number): (() => void) => {
  let turn = 0
  let timer: NodeJS.Timeout | undefined
  const wait = ({ least, more }: typeof UP_MS, then: () => void) => {
    timer = setTimeout(then, least + more * fractionOf(seed, "line", turn++))
  }
  const up = () => wait(UP_MS, () => (session.venueConnected(false), down()))
  const down = () => wait(DOWN_MS, () => (session.venueConnected(true), up()))
  up()
  return () => clearTimeout(timer)
}
