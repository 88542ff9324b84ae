import { amountOf, count, listOf, mapOf, recordOf, text, textOf, wordOf } from "#domain/bytes/form.ts"
import type { AccountId, Currency, GroupId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { GroupOnItsWay, InTransit, OnItsWay } from "./transit.ts"

const carried = recordOf<OnItsWay["carried"]>({
  transferId: text,
  currency: wordOf<Currency>(),
  amount: amountOf<Cash>(),
  symbol: wordOf<Symbol>(),
  base: wordOf<Currency>(),
  multiplier: amountOf<Rate>(),
  quantity: amountOf<Quantity>(),
  cost: amountOf<Cash>(),
  reference: text
})
const onItsWay = recordOf<OnItsWay>({
  from: wordOf<AccountId>(),
  to: wordOf<AccountId>(),
  toPartition: count,
  transitNo: count,
  effectiveAt: textOf<Time>(),
  carried,
  mark: amountOf<Price>()
})

/** What passes between partitions. */
export const transitForm = recordOf<InTransit>({
  onTheirWay: mapOf(text, onItsWay),
  groups: mapOf(
    text,
    recordOf<GroupOnItsWay>({
      group: wordOf<GroupId>(),
      toPartition: count,
      transitNo: count,
      hash: text,
      content: text,
      heldOver: text
    })
  ),
  arriving: mapOf(text, listOf(text)),
  sent: mapOf(count, count),
  taken: mapOf(count, count),
  refused: mapOf(count, mapOf(count, text))
})
