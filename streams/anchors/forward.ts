import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import { parseRecord } from "./records.ts"

const MOST_AT_ONCE = 100

/**
 * Copies a book into another one that somebody else keeps: what is new with each call, after an outage all of it. Where
 * the other one ends is asked once; a process that ended in between says a record twice at most.
 */
export const makeForward = (from: AnchorBook, to: AnchorBook): (() => Promise<void>) => {
  let waiting: Array<string> | undefined
  let read = 0
  return async () => {
    const { lines, next } = await from.read(read)
    if (waiting === undefined) waiting = [...after(lines, await to.last())]
    else waiting.push(...lines)
    read = next
    try {
      for (; waiting.length > 0; waiting.splice(0, MOST_AT_ONCE)) await to.append(waiting.slice(0, MOST_AT_ONCE))
    } catch (error) {
      ;[waiting, read] = [undefined, 0] // how many of them arrived, only the other one knows
      throw error
    }
  }
}

/** What follows the other book's last line here; where that line is not known here, what is younger. */
const after = (lines: ReadonlyArray<string>, last: string | undefined): ReadonlyArray<string> => {
  if (last === undefined) return lines
  const at = lines.lastIndexOf(last)
  if (at >= 0) return lines.slice(at + 1)
  const { at: time } = parseRecord(last)
  return lines.filter((line) => parseRecord(line).at > time)
}
