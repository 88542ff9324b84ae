import type { AccountId, Currency, ExecId, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import { timeOfMicros } from "#domain/kernel/time.ts"
import { PriceBoard } from "#domain/market/board.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import { openAccountWriter, type AccountWriter } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

const ACCOUNTS = 100
const TOGETHER = 256
/** events of an order that is placed, approved, acknowledged and filled, and of one that rests */
const WHOLE = 4
const SYMBOL = "BTCUSDT" as Symbol
const currency = "USDT" as Currency
const fixed = <T extends bigint>(text: string) => parseFixed(text) as T
const clock = () => timeOfMicros((performance.timeOrigin + performance.now()) * 1000)

const accountOf = (n: number) => `bench${n % ACCOUNTS}` as AccountId

/** Writes whole lives of orders into an empty ledger, as a platform does, until it has `events`; the last `open` orders rest. */
export const writeLifeCycles = async (log: EventLog, events: number, open: number): Promise<void> => {
  const board = new PriceBoard()
  const [price, size] = [fixed<Price>("45000"), fixed<Quantity>("1")]
  board.evolve({
    kind: "trade",
    no: 1,
    at: clock(),
    symbol: SYMBOL,
    price,
    quantity: size,
    aggressor: "buy",
    tradeId: "1"
  })
  board.evolve({
    kind: "quote",
    no: 2,
    at: clock(),
    symbol: SYMBOL,
    bid: price,
    bidSize: size,
    ask: price,
    askSize: size
  })
  const writer = await openAccountWriter({ log, partition: 0, clock, writerId: "bench", seen: marketSeen(board) })
  await begin(writer)
  for (let n = 0; writer.head().eventNo < events; n += TOGETHER) {
    const rests = writer.head().eventNo >= events - open * (WHOLE - 1)
    const placed = await Promise.all(Array.from({ length: TOGETHER }, (_, i) => place(writer, n + i)))
    await Promise.all(
      placed.map((one) => report(writer, one, { type: "New", venueOrderId: `V${one.n}`, queueAhead: 0n as Quantity }))
    )
    if (!rests) await Promise.all(placed.map((one) => report(writer, one, FILLED)))
  }
  await writer.stop()
}

const begin = async (writer: AccountWriter): Promise<void> => {
  for (const instrument of defaultInstruments)
    await writer.submit({
      id: `i-${instrument.symbol}`,
      actor: "bench",
      request: { type: "AdoptInstrument", instrument }
    })
  for (let n = 0; n < ACCOUNTS; n++) {
    const account = accountOf(n)
    const ids = { account, owner: account as string as OwnerId, group: account as string as GroupId }
    await writer.submit({
      id: `o${n}`,
      actor: "bench",
      request: { type: "OpenAccount", ...ids, accountType: "cash", currency }
    })
    const amount = fixed<Cash>("1000000000")
    await writer.submit({ id: `d${n}`, actor: "bench", request: { type: "Deposit", account, currency, amount } })
  }
}

type Placed = { readonly account: AccountId; readonly orderId: OrderId; readonly n: number }
const [quantity, limit] = [fixed<Quantity>("0.01"), fixed<Price>("44000.5")]
const FILLED = {
  type: "Trade",
  quantity,
  price: limit,
  fee: 0n as Cash,
  feeCurrency: currency,
  liquidity: "maker",
  queueAhead: 0n as Quantity
} as const

const place = async (writer: AccountWriter, n: number): Promise<Placed> => {
  const account = accountOf(n)
  const answer = await writer.submit({
    id: `0192f000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    actor: "bench",
    request: {
      type: "SubmitOrder",
      account,
      symbol: SYMBOL,
      side: "buy",
      orderType: "limit",
      timeInForce: "GTC",
      quantity,
      price: limit
    }
  })
  const placed = answer.kind === "facts" ? answer.events.find(({ type }) => type === "OrderPlaced") : undefined
  if (placed?.type !== "OrderPlaced") throw new Error(`an order was not placed: ${JSON.stringify(answer)}`)
  return { account, orderId: placed.data.orderId, n }
}

const report = (writer: AccountWriter, { account, orderId, n }: Placed, said: object) => {
  const execId = `${(said as VenueReport).type}${n}` as ExecId
  const told = { at: clock(), account, orderId, execId, mdNo: 2, ...said } as VenueReport
  return writer.submit({
    id: execId,
    actor: "venue:paper",
    request: { type: "VenueReported", account, venue: "paper", report: told }
  })
}
