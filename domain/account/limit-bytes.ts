import {
  amount,
  amountOf,
  count,
  flag,
  listOf,
  mapOf,
  real,
  recordOf,
  sharedBy,
  word,
  wordOf,
  type Form
} from "#domain/bytes/form.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Quantity, Rate as Ratio } from "#domain/kernel/money.ts"
import { NO_LIMITS } from "#domain/risk/book.ts"
import type { Worth } from "#domain/risk/equity.ts"
import type { AllottedLimit } from "#domain/risk/events.ts"
import { LIMIT_NAMES, type Limits, type LimitScope, type SelfTradeMode } from "#domain/risk/limits.ts"
import type { Rate } from "#domain/risk/rate.ts"
import {
  holdLimits,
  Totals,
  type Allotted,
  type Scope,
  type SetBy,
  type SymbolExposure,
  type WaitingLimits
} from "#domain/risk/scope.ts"

const cash = amountOf<Cash>()
const quantity = amountOf<Quantity>()
const rate = amountOf<Ratio>()

const limits = recordOf<Limits>({
  maxOrderNotional: cash,
  maxPosition: quantity,
  maxOpenOrders: real,
  maxOrdersPerSecond: real,
  collarPercent: rate,
  maxOrderQuantity: quantity,
  maxGrossNotional: cash,
  maxConcentrationPercent: rate,
  maxOpenNotional: cash,
  maxCancelsPerSecond: real,
  maxPriceAgeSeconds: real,
  maxDailyLoss: cash,
  maxTrailingLoss: cash,
  maxDrawdown: cash,
  fatFingerMultiple: rate,
  duplicateWindowMillis: real,
  selfTrade: wordOf<SelfTradeMode>(),
  washTrade: wordOf<"allow" | "block">(),
  restricted: word,
  shortAllowed: flag,
  locateRequired: flag
})
const setBy = recordOf<SetBy>(
  Object.fromEntries(LIMIT_NAMES.map((name) => [name, count])) as Record<(typeof LIMIT_NAMES)[number], Form<number>>
)

const exposure = recordOf<SymbolExposure>(
  { position: amount, buying: amount, selling: amount, orders: count, notional: amount, value: amount },
  () => ({ position: 0n, buying: 0n, selling: 0n, orders: 0, notional: 0n, value: 0n })
)
const worth = recordOf<Worth>({
  paidIn: amount,
  result: amount,
  equity: amount,
  net: amount,
  gross: amount,
  day: real,
  dayStart: amount,
  dayPeak: amount,
  dailyLoss: amount,
  trailingLoss: amount,
  peak: amount,
  drawdown: amount
})
const rateForm = recordOf<Rate>({ taken: listOf(real), from: count })
const allotted = recordOf<Allotted>({ amount, setBy: count })

/** What is put together from the limits, and that there never were any, is told by a flag. */
type Told = Omit<Scope, "held"> & { readonly isHeld: boolean }
const exposures = mapOf(wordOf<Symbol>(), exposure)
const told = recordOf<Told>({
  kind: wordOf<LimitScope>(),
  id: word,
  limits,
  setBy,
  limitsNo: count,
  waiting: listOf(recordOf<WaitingLimits>({ from: word, limits, setBy })),
  allotted: recordOf<Partial<Record<AllottedLimit, Allotted>>>({
    maxGrossNotional: allotted,
    maxOpenNotional: allotted
  }),
  openOrders: real,
  openNotional: amount,
  // a symbol's totals are the firm's own
  symbols: sharedBy({
    shape: exposures.shape,
    write: (to, symbols) => exposures.write(to, new Map(symbols.held())),
    read: (from) => new Totals(exposures.read(from))
  }),
  worth,
  orderRate: rateForm,
  cancelRate: rateForm,
  isHeld: flag
})

/** Limits that are ready to compare are shared by all who have the same, so they are put together anew. */
export const scopeForm: Form<Scope> = sharedBy({
  shape: told.shape,
  write: (to, { held, ...scope }) => told.write(to, { ...scope, isHeld: held !== NO_LIMITS }),
  read: (from) => {
    const { isHeld, ...rest } = told.read(from)
    const scope: Scope = { ...rest, held: NO_LIMITS }
    if (isHeld) holdLimits(scope)
    return scope
  }
})
