import { repeatOf } from "#domain/account/answered.ts"
import type { State } from "#domain/account/state.ts"
import type { Submission } from "#streams/account-writer.ts"
import { openedMicros, type SessionId } from "#services/desk/session-id.ts"

/** The events that a number left, or why there are none to show. */
export type Recalled =
  | { readonly first: number; readonly last: number }
  | "not-recorded"
  | "other-content"
  /** what it left may have been forgotten */
  | "too-old"

/**
 * What the ledger knows of a number that was taken before. Only looked up, so that it can never be done again: a number
 * that recorded nothing stays undone.
 */
export const recall = (state: State, session: SessionId, { id, request }: Submission): Recalled => {
  const account = "account" in request ? state.accounts.get(request.account) : undefined
  if (account === undefined) return "not-recorded"
  const found = repeatOf(state.answered, account.no, id, request, state.recordedAt)
  if (typeof found !== "string") return { first: found.first, last: found.last }
  if (found === "other-content" || found === "too-old") return found
  return mayBeForgotten(state, session) ? "too-old" : "not-recorded"
}

/** Whether something that the session did may have been forgotten. */
export const mayBeForgotten = (state: State, session: SessionId): boolean =>
  openedMicros(session) <= state.answered.floorMicros
