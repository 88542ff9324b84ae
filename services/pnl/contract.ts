import type { PnlBody, PnlQuery } from "#services/contract/pnl.ts"
import type { Answer, Meta } from "#services/http/answer.ts"

/** What the routes of pnl ask for. */
export type Pnl = {
  readonly realtime: (query: PnlQuery, meta: Meta) => Promise<Answer<PnlBody>>
}
