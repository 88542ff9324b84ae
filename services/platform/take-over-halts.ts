import type { HaltState } from "#domain/account/state.ts"
import { type AccountWriter, foldAccounts } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

/**
 * Records in a partition without accounts the halts of the firm and of symbols that hold in the others. To be called
 * before it serves: otherwise accounts that are opened in it would trade through a kill. What holds here already is not
 * recorded again.
 */
export const takeOverHalts = async (log: EventLog, writer: AccountWriter): Promise<void> => {
  const held = await writer.look((state) =>
    state.accounts.size > 0 ? undefined : [...state.halts.values()].map(nameOf)
  )
  if (held === undefined) return
  const taken = new Map<string, HaltState>()
  for (const partition of (await log.partitions?.()) ?? []) {
    if (partition === writer.partition) continue
    const { state } = await foldAccounts({ log, partition })
    // the same halt is recorded in each of them
    for (const halt of state.halts.values())
      if (halt.scope === "firm" || halt.scope === "symbol") taken.set(nameOf(halt), taken.get(nameOf(halt)) ?? halt)
  }
  for (const name of held) taken.delete(name)
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
