import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { CheckedCommit } from "./chain.ts"
import type { HashedTable } from "./content-hash.ts"
import type { Row, RowKey } from "./ports/row-store.ts"

/** Where an event stands in the log. */
export type CommitPlace = { readonly no: number; readonly id: string; readonly hash: string }

/** What the loops need of a projection; `projections/projection.ts` says what each part means. */
export type RowFold<Event> = HashedTable & {
  readonly keysOf: (event: Event) => ReadonlyArray<RowKey>
  readonly empty: (key: RowKey) => Row
  readonly fold: (row: Row, event: Event, place: CommitPlace) => Row
  readonly isFinished?: (row: Row) => boolean
}

/** A commit that cannot be folded: what reads it stops there, nothing is skipped. */
export class CannotFold extends Error {
  override readonly name = "CannotFold"
  readonly partition: number
  readonly no: number
  constructor(partition: number, no: number, cause: unknown) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s*\n\s*/gu, " ")
    super(`ledger partition ${partition} cannot be folded from commit ${no} on: ${reason}`, { cause })
    this.partition = partition
    this.no = no
  }
}

/** Reads commit after commit of one partition; each event must have the number after the one before it. */
export const eventReader = <Event extends Fact>(
  decode: (commit: CheckedCommit) => ReadonlyArray<Recorded<Event>>,
  after: number
) => {
  let last = after
  return (commit: CheckedCommit): ReadonlyArray<Recorded<Event>> => {
    const { stored } = commit
    try {
      const events = decode(commit)
      for (const { eventNo } of events) {
        if (eventNo !== last + 1) throw new Error(`event ${eventNo} does not follow event ${last}`)
        last++
      }
      return events
    } catch (cause) {
      throw new CannotFold(stored.partition, stored.no, cause)
    }
  }
}

/** A row's key as one value for maps. */
export const idOf = (key: RowKey): string | number => (key.length === 1 ? key[0]! : key.join("\n"))

/** A row that is finished before anything happened to it is made by one event, whole: nothing stored matters to it. */
export const isMadeWhole = (fold: Pick<RowFold<never>, "isFinished">, empty: Row): boolean =>
  fold.isFinished?.(empty) === true
