import type { AccountEvent } from "#domain/account/events.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { LedgerEvent, Projection } from "#projections/projection.ts"
import { LivePnl } from "#services/desk/live-pnl.ts"
import { readChecked } from "#streams/chain.ts"
import { contentHash } from "#streams/content-hash.ts"
import type { RowFold } from "#streams/fold.ts"
import { eventsOf } from "#streams/commit-events.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { project } from "#streams/project.ts"

export type ProjectionHash = {
  readonly name: string
  readonly version: number
  readonly rows: number
  readonly hash: string
}

/** Projects a whole ledger into a store and says what is in it then: a hash for each projection, and an account's P&L. */
export const projectInto = async (
  log: EventLog,
  store: RowStore,
  projections: ReadonlyArray<Projection>,
  account: AccountId
): Promise<{ readonly hashes: ReadonlyArray<ProjectionHash>; readonly pnl: Record<string, unknown> }> => {
  const folds = projections as unknown as ReadonlyArray<RowFold<LedgerEvent>>
  await project<AccountEvent>({ log, partition: 0, codec: ledgerCodec, projections: folds, store, until: "head" }).ended
  const hashes: Array<ProjectionHash> = []
  for (const fold of folds) {
    const { rows, hash } = await contentHash(fold, store.rows(fold))
    hashes.push({ name: fold.name, version: fold.version, rows, hash })
  }
  const pnl = new LivePnl()
  for await (const batch of readChecked(log, 0)) {
    for (const commit of batch) for (const event of eventsOf(ledgerCodec, commit)) pnl.apply(event)
  }
  return { hashes, pnl: pnl.of(account) ?? { account } }
}
