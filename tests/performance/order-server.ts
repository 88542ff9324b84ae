import "effect/schema/SchemaJITCompiler/enable"
import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import { timeOfMicros } from "#domain/kernel/time.ts"
import { PriceBoard } from "#domain/market/board.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { serveCommands } from "#streams/serve-commands.ts"

// The writer in a process of its own, as oms is: `order-server.ts NATS_URL sqlite:FILE|nats ACCOUNTS`.
const [natsUrl, where, accounts] = process.argv.slice(2) as [string, string, string]
const log =
  where === "nats"
    ? await openNatsLog({ url: natsUrl, acceptUnsynced: true })
    : openSqliteLog({ file: where.slice("sqlite:".length) })
const clock = () => timeOfMicros((performance.timeOrigin + performance.now()) * 1000)
const board = new PriceBoard()
const symbol = "BTCUSDT" as Symbol
const price = parseFixed("45000") as Price
const size = parseFixed("1") as Quantity
board.evolve({ kind: "trade", no: 1, at: clock(), symbol, price, quantity: size, aggressor: "buy", tradeId: "1" })
board.evolve({ kind: "quote", no: 2, at: clock(), symbol, bid: price, bidSize: size, ask: price, askSize: size })

let commits = 0
let events = 0
let bytes = 0
const writer = await openAccountWriter({
  log,
  partition: 0,
  clock,
  writerId: `bench${process.pid}`,
  seen: marketSeen(board),
  onCommitted: (commit) => {
    commits++
    events += commit.events.length
    bytes += commit.stored.body.length
  }
})
const currency = "USDT" as Currency
for (const instrument of defaultInstruments) {
  await writer.submit({
    id: `i-${instrument.symbol}`,
    actor: "bench",
    request: { type: "AdoptInstrument", instrument }
  })
}
for (let i = 0; i < Number(accounts); i++) {
  const account = `bench${i}` as AccountId
  const owner = account as string as OwnerId
  const group = account as string as GroupId
  await writer.submit({
    id: `o${i}`,
    actor: "bench",
    request: { type: "OpenAccount", account, owner, group, accountType: "cash", currency }
  })
  const amount = parseFixed("100000000000") as Cash
  await writer.submit({ id: `d${i}`, actor: "bench", request: { type: "Deposit", account, currency, amount } })
}
commits = events = bytes = 0

const commands = await openNatsCommands({ url: natsUrl, name: "bench-writer" })
const stopServing = await serveCommands(commands, writer)
process.send?.("ready")
const stop = async () => {
  await stopServing()
  await writer.stop()
  await commands.close()
  await log.close()
  process.exit(0)
}
process.on("message", (message) => {
  if (message === "counts") {
    const { rss } = process.memoryUsage()
    process.send?.({ commits, events, bytes, rssMb: Math.round(rss / 2 ** 20), eventNo: writer.head().eventNo })
    commits = events = bytes = 0
  }
  if (message === "stop") void stop()
})
process.once("disconnect", () => process.exit(0))
