import { restrictedBy } from "#domain/risk/book.ts"
import { closes, outcome, type RiskCheck } from "#domain/risk/outcome.ts"
import { isOpen } from "#domain/market/session.ts"

/** An instrument that has expired trades no more. */
export const instrument: RiskCheck = ({ instrument: { expiresAt }, at }) =>
  expiresAt === undefined || at < expiresAt ? undefined : outcome("INSTRUMENT", false)

/** Outside its session only what can wait for the next one is taken. */
export const session: RiskCheck = ({ instrument, timeInForce, at }) =>
  instrument.session === undefined || (timeInForce !== "IOC" && timeInForce !== "FOK") || isOpen(at, instrument.session)
    ? undefined
    : outcome("SESSION", false)

/** A halt stops every order; in reduce-only mode those pass that only close what the account has. */
export const halted: RiskCheck = (question) => {
  const { halted: halt } = question
  if (halt === undefined) return undefined
  return outcome("HALTED", halt.reduceOnly && closes(question), undefined, undefined, undefined, halt.by)
}

export const restricted: RiskCheck = ({ book, instrument: { symbol } }) => {
  const by = restrictedBy(book, symbol)
  return by === undefined ? undefined : outcome("RESTRICTED", false, undefined, undefined, undefined, by)
}
