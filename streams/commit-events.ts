import { bodyOf, type CheckedCommit } from "./chain.ts"

type Reading<Event> = {
  readonly scan: (body: Uint8Array, text: string, from: number) => ReadonlyArray<Event> | undefined
  readonly decode: (raw: Record<string, unknown>) => Event
}

/** The events of a commit, decoded: scanned where it was written by this program, parsed otherwise. */
export const eventsOf = <Event>({ scan, decode }: Reading<Event>, commit: CheckedCommit): ReadonlyArray<Event> => {
  const { stored, text, eventsAt } = commit
  const scanned = eventsAt === undefined ? undefined : scan(stored.body, text, eventsAt)
  return scanned ?? bodyOf(commit).events.map((raw) => decode(raw))
}
