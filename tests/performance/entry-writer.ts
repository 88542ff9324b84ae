import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { PriceBoard } from "#domain/market/board.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

/** What was written since it was last asked. */
export type Counts = { commits: number; events: number; bytes: number }

/** The log of `nats:URL` or `sqlite:FILE`. */
export const openBenchLog = async (where: string): Promise<EventLog> =>
  where.startsWith("nats:")
    ? openNatsLog({ url: where.slice("nats:".length) })
    : openSqliteLog({ file: where.slice("sqlite:".length) })

/** A writer over `nats:URL` or `sqlite:FILE` with a market that stands still, and accounts `bench0` to `benchN` with money. */
export const openBenchWriter = async (where: string, accounts: number, clock: () => Time) => {
  const log = await openBenchLog(where)
  const board = new PriceBoard()
  const symbol = "BTCUSDT" as Symbol
  const price = parseFixed("45000") as Price
  const size = parseFixed("1") as Quantity
  board.evolve({ kind: "trade", no: 1, at: clock(), symbol, price, quantity: size, aggressor: "buy", tradeId: "1" })
  board.evolve({ kind: "quote", no: 2, at: clock(), symbol, bid: price, bidSize: size, ask: price, askSize: size })
  const counts: Counts = { commits: 0, events: 0, bytes: 0 }
  const writer = await openAccountWriter({
    log,
    partition: 0,
    clock,
    writerId: `bench${process.pid}`,
    seen: marketSeen(board),
    onCommitted: (commit) => {
      counts.commits++
      counts.events += commit.events.length
      counts.bytes += commit.stored.body.length
    }
  })
  const actor = "bench"
  const currency = "USDT" as Currency
  const amount = parseFixed("100000000000") as Cash
  for (const instrument of defaultInstruments)
    await writer.submit({ id: `i-${instrument.symbol}`, actor, request: { type: "AdoptInstrument", instrument } })
  for (let i = 0; i < accounts; i++) {
    const account = `bench${i}` as AccountId
    const names = { account, owner: account as string as OwnerId, group: account as string as GroupId }
    const open = { type: "OpenAccount", ...names, accountType: "cash", currency } as const
    await writer.submit({ id: `o${i}`, actor, request: open })
    await writer.submit({ id: `d${i}`, actor, request: { type: "Deposit", account, currency, amount } })
  }
  const take = (): Counts => {
    const taken = { ...counts }
    counts.commits = counts.events = counts.bytes = 0
    return taken
  }
  take()
  return { log, writer, take }
}
