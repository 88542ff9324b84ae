import type { Recorded } from "#domain/kernel/event.ts"
import type { FormCodec } from "./event-form.ts"
import type { CommitToPack } from "./pack-events.ts"
import { eventUnpacker } from "./unpack-events.ts"

/**
 * The events of a parsed body as their JSON tells them: decoded (in place), or where this program does not know one its
 * text, which `json` gives.
 */
export const toldBy = (
  codec: Pick<FormCodec<unknown>, "decode">,
  events: ReadonlyArray<Record<string, unknown>>,
  json: (i: number) => string
): CommitToPack["events"] =>
  events.map((raw, i) => {
    try {
      return codec.decode(raw) as Recorded
    } catch {
      return json(i) // whoever reads it is told why, as by the original
    }
  })

/** A function that says where a segment's second form differs from what its originals tell; undefined where it does not. */
export const formComparer = (codec: FormCodec<unknown>) => {
  const unpack = eventUnpacker(codec)
  const ofJson = (text: string) => toldBy(codec, [JSON.parse(text)], () => text)[0]
  return (form: Buffer, commits: ReadonlyArray<Omit<CommitToPack, "json">>, firstEvent: number): string | undefined => {
    try {
      const unpacked = unpack(form, ofJson)
      if (unpacked === undefined) return undefined // of a program that knows more: its seal is all that can be said
      const { head } = unpacked
      if (head.firstEvent !== firstEvent || head.first !== commits[0]?.no || head.commits !== commits.length)
        return "it begins elsewhere or is of other commits"
      let i = 0
      for (const run of unpacked.runs()) {
        for (const { events, place } of run) {
          const { no, id, hash, events: told } = commits[i++]!
          if (place().id !== id || place().hash !== hash) return `it names another commit ${no}`
          if (!isSame(events, told)) return `its events of commit ${no} are not those of the original`
        }
      }
      return undefined
    } catch (error) {
      return `it cannot be read (${(error as Error).message})`
    }
  }
}

/** The same keys in the same order and the same values, whatever depth; what tells JSON a text of its own is compared by it. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  const kind: unknown = Object.getPrototypeOf(a)
  if (kind !== Object.getPrototypeOf(b)) return false
  if (kind !== Object.prototype && "toJSON" in a && "toJSON" in b) return JSON.stringify(a) === JSON.stringify(b)
  const keys = Object.keys(a)
  const others = Object.keys(b)
  if (keys.length !== others.length) return false
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (key !== others[i] || !isSame(a[key as never], b[key as never])) return false
  }
  return true
}
