import { amount, real, recordOf, text, word, type Fields, type Form } from "#domain/bytes/form.ts"
import type { ColumnKind, Columns, RowOf } from "#projections/projection.ts"

const FORMS: Readonly<Record<ColumnKind, Form<unknown>>> = {
  text: word as Form<unknown>,
  json: text as Form<unknown>,
  amount: amount as Form<unknown>,
  integer: real as Form<unknown>,
  time: text as Form<unknown>
}
/** Columns of ids, no two of which are alike. */
const IDS = new Set(["orderId", "clOrdId", "execId", "groupId", "parentId", "changedBy"])

/** A projection's row as bytes. */
export const rowForm = <C extends Columns>({ columns }: { readonly columns: C }): Form<RowOf<C>> =>
  recordOf<RowOf<C>>(
    Object.fromEntries(
      Object.entries(columns).map(([name, kind]) => [name, IDS.has(name) ? text : FORMS[kind]])
    ) as unknown as Fields<RowOf<C>>
  )
