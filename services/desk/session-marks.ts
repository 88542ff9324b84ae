import { numberedBy, type SessionId } from "./session-id.ts"

const MOST = 100_000
/** In a session's command id the number follows the nineteenth character. */
const COLON_AT = 19
const COLON = 58

/**
 * The high-water marks of sessions that are not in memory: of those that were dropped, and at a start the highest number
 * that the ledger has of each. What a session sent above that recorded nothing, since numbers are recorded as they
 * rise. Commands with an id of their caller's own are not counted: they are known by that id.
 */
export class SessionMarks {
  readonly #highest = new Map<SessionId, number>()

  static of(highest: Iterable<readonly [SessionId, number]>): SessionMarks {
    const marks = new SessionMarks()
    for (const [session, no] of highest) marks.set(session, no)
    return marks
  }
  all(): ReadonlyMap<SessionId, number> {
    return this.#highest
  }

  /** The command that caused an event, while the ledger is read. Called for every event: most are ruled out at a glance. */
  note(cause: string): void {
    if (cause.charCodeAt(COLON_AT) !== COLON) return
    const numbered = numberedBy(cause)
    if (numbered !== undefined) this.set(numbered.session, numbered.no)
  }

  set(session: SessionId, no: number): void {
    const before = this.#highest.get(session)
    if (before === undefined && this.#highest.size >= MOST) this.#highest.delete(this.#highest.keys().next().value!)
    if (before === undefined || no > before) this.#highest.set(session, no)
  }

  get(session: SessionId): number | undefined {
    return this.#highest.get(session)
  }
}
