import type { AccountEvent } from "#domain/account/events.ts"
import type { Columns, LedgerEvent, Projection } from "#projections/projection.ts"
import type { RowFold } from "#streams/fold.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { ReadableLog } from "#streams/archive/archive-log.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { project, type Progress } from "#streams/project.ts"
import { count } from "./progress.ts"
import type { Tools } from "./tools.ts"

/** A projection as a loop sees it that runs many of them: the type of its rows is hidden. */
export const foldOf = <C extends Columns>(projection: Projection<C>): RowFold<LedgerEvent> =>
  projection as unknown as RowFold<LedgerEvent>

const ROWS_PER_WRITE = 60_000

/** Fills a store up to the ledger's end as it is now. */
export const catchUp = async (
  tools: Pick<Tools, "progress">,
  log: ReadableLog,
  store: RowStore,
  projections: ReadonlyArray<RowFold<LedgerEvent>>,
  partition: number
): Promise<Progress> => {
  const total = (await log.head(partition))?.no
  const progress = tools.progress(`partition ${partition}: commits`)
  const begun = performance.now()
  let events = 0
  const projector = project<AccountEvent>({
    log,
    partition,
    codec: ledgerCodec,
    projections,
    store,
    until: "head",
    batch: { rows: ROWS_PER_WRITE, waitMs: 1_000 },
    onProgress: (now) => {
      events = now.events
      const rate = (now.events / (performance.now() - begun)) * 1000
      progress.at(now.position.commitNo, total, `${count(rate)} events/s`)
    }
  })
  try {
    return { position: await projector.ended, events }
  } finally {
    progress.end()
  }
}
