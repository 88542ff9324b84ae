import { Schema } from "effect"
import { randomInt } from "node:crypto"

/**
 * Nine characters for the millisecond in which it was opened, in base 36, and ten of chance. Short, because it is part
 * of the id of every command of the session, which the ledger keeps for ever.
 */
export const SessionId = Schema.String.check(
  Schema.isPattern(/^[0-9a-z]{19}$/u, { expected: "a session id as the server gave it" })
).pipe(Schema.brand("SessionId"))
export type SessionId = typeof SessionId.Type

const FIVE = 36 ** 5
const part = () => randomInt(FIVE).toString(36).padStart(5, "0")

export const newSessionId = (micros: number): SessionId =>
  `${Math.floor(micros / 1000)
    .toString(36)
    .padStart(9, "0")}${part()}${part()}` as SessionId

/** When it was opened, in microseconds since 1970. */
export const openedMicros = (id: SessionId): number => Number.parseInt(id.slice(0, 9), 36) * 1000

/** The id of the command with this number, where its caller gives none of his own: the same whenever it is sent. */
export const commandIdOf = (session: SessionId, no: number): string => `${session}:${no}`

const COMMAND = /^[0-9a-z]{19}:[1-9]\d{0,14}$/u
/** The session and the number of a command's id, where it is one of a session. */
export const numberedBy = (commandId: string): { readonly session: SessionId; readonly no: number } | undefined =>
  COMMAND.test(commandId)
    ? { session: commandId.slice(0, 19) as SessionId, no: Number(commandId.slice(20)) }
    : undefined
