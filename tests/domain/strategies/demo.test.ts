import { describe, expect, it } from "vitest"
import type { OrderId, Symbol } from "#domain/kernel/ids.ts"
import { ONE, type Quantity } from "#domain/kernel/money.ts"
import { microsBetween, microsOf, microsOfUuid7, type Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { simulatedMarket } from "#domain/market/simulator.ts"
import { commandId } from "#domain/strategies/command-id.ts"
import { DemoStrategy, type StrategyCommand } from "#domain/strategies/demo.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import { at } from "#tests/domain/market/made.ts"
import { order as requestOf, venueOf } from "#tests/domain/venue/at-venue.ts"

type Sent = { readonly command: StrategyCommand; readonly at: Time; readonly symbol: Symbol }

/** Ten minutes of the simulated market with the strategy trading at the paper venue. */
const tradeFor = (seed: number, { messages = 18_000, from = 1, positions = new Map<Symbol, Quantity>() } = {}) => {
  const market = simulatedMarket(seed)
  const venue = venueOf({ seed, latencyMicros: 5000, jitterMicros: 200, reportLatencyMicros: 500 })
  const strategy = new DemoStrategy({ seed, instruments: defaultInstruments, positions })
  const sent: Array<Sent> = []
  const open = new Map<OrderId, { readonly symbol: Symbol; readonly side: "buy" | "sell"; leaves: bigint }>()
  const units = new Map<Symbol, bigint>(positions)
  const extremes = { open: 0, worth: 0n, low: 0n, fills: 0, taker: 0 }
  let placed = 0
  const hear = (report: VenueReport) => {
    const { orderId } = report
    const order = open.get(orderId)
    if (order === undefined) return
    const { symbol, side } = order
    if (report.type === "Trade") {
      const { quantity, liquidity } = report
      strategy.order({ type: "filled", orderId, symbol, side, quantity })
      const now = (units.get(symbol) ?? 0n) + (side === "buy" ? quantity : -quantity)
      units.set(symbol, now)
      if (now < extremes.low) extremes.low = now
      extremes.fills++
      if (liquidity === "taker") extremes.taker++
      order.leaves -= quantity
      if (order.leaves === 0n) open.delete(orderId)
    } else if (["Canceled", "Expired", "Rejected"].includes(report.type)) {
      strategy.order({ type: "closed", orderId, symbol })
      open.delete(orderId)
    }
  }
  for (let no = from; no < from + messages; no++) {
    const message = market.message(no, at(no * 33_333))
    for (const report of venue.due(message.at)) hear(report)
    venue.market(message)
    for (const command of strategy.market(message)) {
      sent.push({ command, at: message.at, symbol: message.symbol })
      const { account, clOrdId } = requestOf(++placed, 0, "buy", 1, {})
      if (command.type === "cancel") {
        venue.request({ type: "CancelOrder", at: message.at, account, orderId: command.orderId, clOrdId })
        continue
      }
      const { clOrdId: id, symbol, side, quantity } = command
      const orderId = `0-${placed}` as OrderId
      open.set(orderId, { symbol, side, leaves: quantity })
      if (side === "buy" && message.kind === "quote") {
        const buying = [...open.values()].filter((one) => one.symbol === symbol && one.side === "buy")
        const atMost = buying.reduce((sum, { leaves }) => sum + leaves, units.get(symbol) ?? 0n) * message.ask
        if (atMost > extremes.worth) extremes.worth = atMost
      }
      strategy.order({ type: "placed", at: message.at, orderId, clOrdId: id, symbol, side, quantity })
      venue.request({ ...command, type: "NewOrder", at: message.at, account, orderId, clOrdId })
    }
    const perSymbol = defaultInstruments.map(
      ({ symbol }) => [...open.values()].filter((one) => one.symbol === symbol).length
    )
    extremes.open = Math.max(extremes.open, ...perSymbol)
  }
  return { sent, units, strategy, ...extremes }
}

describe("the demo strategy", () => {
  it("trades every symbol both ways, with few open orders, a bounded position, and is never short", () => {
    const { sent, units, strategy, open, low, worth, fills, taker } = tradeFor(11)
    for (const { symbol } of defaultInstruments) {
      const mine = sent.filter((one) => one.symbol === symbol)
      const sides = new Set(mine.map(({ command }) => (command.type === "submit" ? command.side : "cancel")))
      expect([...sides].toSorted()).toEqual(["buy", "cancel", "sell"])
      expect(mine.every((one, i) => i === 0 || microsBetween(mine[i - 1]!.at, one.at) >= 1_000_000)).toBe(true)
      expect(strategy.position(symbol)).toBe(units.get(symbol))
    }
    expect(open).toBeLessThanOrEqual(2)
    expect(low).toBe(0n)
    expect(fills).toBeGreaterThan(100)
    expect(taker).toBeGreaterThan(20)
    expect(fills - taker).toBeGreaterThan(20)
    expect(worth <= 10_000n * ONE * ONE).toBe(true) // five clips of 2,000, when all that is open is bought
  })

  it("sends the same for the same seed, other ids after a restart, and ids that carry the market's time", () => {
    const { sent } = tradeFor(11, { messages: 6000 })
    expect(tradeFor(11, { messages: 6000 }).sent).toEqual(sent)
    expect(tradeFor(12, { messages: 6000 }).sent).not.toEqual(sent)
    const later = tradeFor(11, { messages: 6000, from: 6001 }).sent
    const ids = [...sent, ...later].map(({ command }) => command.clOrdId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { command, at: when } of sent) {
      expect(microsOfUuid7(command.clOrdId)).toBe(Math.floor(microsOf(when) / 1000) * 1000)
    }
  })

  it("sells what it holds after a restart", () => {
    const btc = defaultInstruments[0]!
    const positions = new Map([[btc.symbol, (btc.lot * 20_000n) as Quantity]]) // more than it would buy
    const { sent, units } = tradeFor(5, { messages: 3000, positions })
    const sides = sent.flatMap(({ command, symbol }) =>
      command.type === "submit" && symbol === btc.symbol ? [command.side] : []
    )
    expect(sides[0]).toBe("sell")
    expect(units.get(btc.symbol)! < btc.lot * 20_000n).toBe(true)
  })

  it("goes on when an order is never heard of, and leaves other symbols and kinds alone", () => {
    const [btc] = defaultInstruments
    const strategy = new DemoStrategy({ seed: 1, instruments: [btc!] })
    const market = simulatedMarket(1)
    const commands = Array.from({ length: 9000 }, (_, i) =>
      strategy.market(market.message(i + 1, at(i * 33_333)))
    ).flat()
    expect(commands.length).toBeGreaterThan(20) // two at a time, forgotten after eight seconds
    expect(commands.every((command) => command.type === "submit" && command.symbol === btc!.symbol)).toBe(true)
  })
})

describe("a command's id", () => {
  it("is a UUIDv7 of its time and keys", () => {
    const ids = Array.from({ length: 5000 }, (_, i) => commandId(at(i), 1, "BTCUSDT", i, "submit"))
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect(commandId(at(1), 1, "a")).toBe(commandId(at(1), 1, "a"))
    expect(commandId(at(1), 1, "a")).not.toBe(commandId(at(1), 2, "a"))
  })
})
