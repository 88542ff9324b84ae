import type { HaltState, State } from "#domain/account/state.ts"
import type { Planned } from "#domain/risk/lower-first.ts"
import { takenOver } from "#domain/risk/newcomer.ts"
import type { Scope } from "#domain/risk/scope.ts"
import { type AccountWriter, foldAccounts } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

/** What holds for the firm and for symbols, of which each partition has its own. */
type Held = { readonly scopes: ReadonlyArray<Scope>; readonly halts: ReadonlyArray<HaltState> }

const heldIn = ({ firm, symbols, halts }: State): Held => ({
  scopes: [firm, ...symbols.values()],
  // the same halt is recorded in each of them
  halts: [...halts.values()].filter(({ scope }) => scope === "firm" || scope === "symbol")
})

/**
 * Records in a partition without accounts the halts and limits of the firm and of symbols that hold in the others. To be
 * called before it serves: otherwise accounts that are opened in it would trade through a kill, or beyond what the firm
 * may have. What holds here already is not recorded again. Of a limit that is divided it gets no part.
 */
export const takeOverFirm = async (log: EventLog, writer: AccountWriter): Promise<void> => {
  const own = await writer.look((state) => (state.accounts.size > 0 ? undefined : heldIn(state)))
  if (own === undefined) return
  const others: Array<Held> = []
  for (const partition of (await log.partitions?.()) ?? [])
    if (partition !== writer.partition) others.push(heldIn((await foldAccounts({ log, partition })).state))
  await takeOverHalts(writer, own, others)
  await takeOverLimits(writer, own, others)
}

const takeOverHalts = async (writer: AccountWriter, own: Held, others: ReadonlyArray<Held>): Promise<void> => {
  const taken = new Map<string, HaltState>()
  for (const halt of others.flatMap(({ halts }) => halts)) taken.set(nameOf(halt), taken.get(nameOf(halt)) ?? halt)
  for (const halt of own.halts) taken.delete(nameOf(halt))
  for (const { haltId, scope, id, symbol, mode, reason, actor } of taken.values()) {
    const request = {
      type: "Halt",
      scope,
      reason,
      ...(id !== undefined && { scopeId: id }),
      ...(symbol !== undefined && { symbol }),
      ...(mode !== undefined && { mode })
    } as const
    const reply = await writer.submit({ id: `taken-over-${haltId}`, actor: actor ?? "system:start", request })
    if (reply.kind === "refused")
      throw new Error(`halt ${haltId} cannot be taken over: ${reply.refusal.code} ${reply.refusal.detail}`)
  }
}

const nameOf = ({ scope, id, symbol, mode, reason }: HaltState): string =>
  JSON.stringify([scope, id, symbol, mode, reason])

const NONE: Planned = { limits: {}, waiting: [] }
const REASON = "as in the other partitions, with no part of what is divided until that is set again"

const takeOverLimits = async (writer: AccountWriter, own: Held, others: ReadonlyArray<Held>): Promise<void> => {
  const all = others.flatMap(({ scopes }) => scopes)
  const named = new Map(all.map(({ kind, id }) => [`${kind} ${id}`, { scope: kind, scopeId: id }]))
  for (const { scope, scopeId } of named.values()) {
    const isIt = ({ kind, id }: Scope) => kind === scope && id === scopeId
    const writes = takenOver(own.scopes.find(isIt) ?? NONE, all.filter(isIt))
    for (const { from, changes } of writes) {
      const when = from !== undefined && { effectiveFrom: from }
      const request = { type: "SetLimits", scope, scopeId, changes, reason: REASON, ...when } as const
      // a start after this one may have others to take over
      const id = `taken-over-${scope}-${scopeId}-${writer.head().eventNo}`
      const reply = await writer.submit({ id, actor: "system:start", request })
      if (reply.kind === "refused")
        throw new Error(
          `limits of ${scope} ${scopeId} cannot be taken over: ${reply.refusal.code} ${reply.refusal.detail}`
        )
    }
  }
}
