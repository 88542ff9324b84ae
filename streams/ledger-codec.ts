import { ACCOUNT_EVENTS, type AccountEvent } from "#domain/account/events.ts"
import { makeCodec } from "./codec.ts"

/** The codec of everything that a partition's ledger holds. */
export const ledgerCodec = makeCodec<AccountEvent>(ACCOUNT_EVENTS)
