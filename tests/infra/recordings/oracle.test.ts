import { createReadStream, readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { createGunzip } from "node:zlib"
import { describe, expect, it } from "vitest"
import { formatFixed, ONE, parseFixed, ratioHalfEven, type Price, type Quantity } from "#domain/kernel/money.ts"
import { nanosOf } from "#domain/kernel/time.ts"
import { createBinanceNormaliser } from "#domain/market/binance.ts"
import { PriceBoard } from "#domain/market/board.ts"
import { PriceBook, type BookSide } from "#domain/market/book.ts"
import type { Level, MarketMessage, Trade } from "#domain/market/messages.ts"
import { recordingFeed } from "#infra/recordings/recording-feed.ts"
import type { DeadLetter } from "#streams/ports/market-feed.ts"
import { BTC } from "#tests/domain/market/made.ts"
import { sharedData } from "#tests/support/shared-data.ts"
import { skipWithout } from "#tests/support/skip-without.ts"

const btc = [8, 9].map((day) => sharedData("data", "crypto-raw", `binance_spot_btcusdt_2024080${day}.ws.gz`))
const eth = sharedData("data", "crypto-raw", "binance_spot_ethusdt_20240808.ws.gz")
const futures = sharedData("data", "crypto-raw", "binance_usdm_btcusdt_20240808.ws.gz")
const oracle = sharedData("oracles", "market-data", "market_data.json")
const withData = skipWithout(
  [...btc, eth, futures, oracle].every((file) => file !== undefined),
  "the shared recordings are not here"
)

const play = async (files: ReadonlyArray<string | undefined>) => {
  const letters: Array<DeadLetter> = []
  const messages: Array<MarketMessage> = []
  const onDeadLetter = (letter: DeadLetter) => letters.push(letter)
  const feed = recordingFeed({ files: files.map((file) => file!), speed: "lock-step", onDeadLetter })
  for await (const batch of feed.messages(new AbortController().signal)) messages.push(...batch)
  return { letters, messages }
}

const pairs = (levels: ReadonlyArray<Level>) => levels.map(([p, q]) => [formatFixed(p), formatFixed(q)])
const bookText = (book: PriceBook, count: number) => {
  const side = (which: BookSide) => pairs(book.top(which, count))
  return { bids: side("bid"), asks: side("ask"), bidLevels: book.levels("bid"), askLevels: book.levels("ask") }
}
const sum = (values: ReadonlyArray<bigint>) => values.reduce((total, value) => total + value, 0n)

describe("the recorded market", withData, () => {
  it("gives the counts, times, trades and books of the oracle (MD-01)", async () => {
    const { expected } = JSON.parse(readFileSync(oracle!, "utf8")).cases.find(
      ({ id }: { id: string }) => id === "MD-01"
    )
    const normaliser = createBinanceNormaliser()
    const book = new PriceBook()
    const byStream = { depth: 0, bookTicker: 0, trade: 0, snapshot: 0 }
    const times: Array<string> = []
    const trades: Array<Trade> = []
    const checkpoints = new Map<number, ReturnType<typeof bookText>>()
    const wanted = new Set<number>(expected.book.checkpoints.map((one: { lastUpdateId: number }) => one.lastUpdateId))
    const lines = createInterface({ input: createReadStream(btc[0]!).pipe(createGunzip()) })
    for await (const raw of lines) {
      const { message, reason } = normaliser.line(raw)
      expect(reason).toBeUndefined()
      if (raw.includes("@depth")) byStream.depth++
      if (message === undefined) continue
      times.push(String(nanosOf(message.at)))
      if (message.kind === "quote") byStream.bookTicker++
      else if (message.kind === "trade") {
        byStream.trade++
        trades.push(message)
      } else {
        if (message.snapshot) byStream.snapshot++
        book.apply(message)
        const { lastUpdateId } = normaliser.syncOf(BTC)!
        if (wanted.has(lastUpdateId)) checkpoints.set(lastUpdateId, bookText(book, 1))
      }
    }
    expect(normaliser.lastNo()).toBe(expected.messages)
    expect(byStream).toEqual(expected.byStream)
    expect(times.at(-1)).toBe(expected.lastLocalTsNs)

    const volume = (some: ReadonlyArray<Trade>) => formatFixed(sum(some.map(({ quantity }) => quantity)))
    const quoteVolume = sum(trades.map(({ price, quantity }) => price * quantity)) / ONE
    const ids = trades.map(({ tradeId }) => Number(tradeId))
    const prices = trades.map(({ price }) => price).toSorted((a, b) => (a < b ? -1 : 1))
    expect({
      n: trades.length,
      firstId: trades[0]?.tradeId,
      lastId: trades.at(-1)?.tradeId,
      idGaps: ids.filter((id, i) => i > 0 && id !== ids[i - 1]! + 1).length,
      baseVolume: volume(trades),
      quoteVolume: formatFixed(quoteVolume),
      buyAggressorVolume: volume(trades.filter(({ aggressor }) => aggressor === "buy")),
      sellAggressorVolume: volume(trades.filter(({ aggressor }) => aggressor === "sell")),
      vwap: formatFixed(ratioHalfEven(quoteVolume, ONE, sum(trades.map(({ quantity }) => quantity)))),
      min: formatFixed(prices[0]!),
      max: formatFixed(prices.at(-1)!)
    }).toEqual(expected.trades)

    const sync = normaliser.syncOf(BTC)!
    const { sequenceGaps, appliedDiffs, final } = expected.book
    expect([sync.gaps, sync.appliedDiffs, sync.lastUpdateId]).toEqual([sequenceGaps, appliedDiffs, final.lastUpdateId])
    for (const { lastUpdateId, bestBid, bestAsk, bidLevels, askLevels } of expected.book.checkpoints) {
      expect(checkpoints.get(lastUpdateId)).toEqual({ bids: [bestBid], asks: [bestAsk], bidLevels, askLevels })
    }
    expect({ lastUpdateId: sync.lastUpdateId, ...bookText(book, 5) }).toEqual(final)
  })

  it("goes on through the second file as one: counts of the README, joined trades, the book of a plain replay", async () => {
    const { letters, messages } = await play(btc)
    expect(letters).toEqual([])
    const count = (kind: string) => messages.filter((message) => message.kind === kind).length
    expect([count("trade"), count("quote")]).toEqual([9757 + 10147, 28040 + 45134])
    expect(count("depth")).toBe(3449 + 3044) // one diff reaches beyond the snapshot, and comes with it
    expect(messages.at(-1)?.no).toBe(41_249 + 58_325)
    expect(messages.every(({ no }, i) => i === 0 || no > messages[i - 1]!.no)).toBe(true)
    const ids = messages.filter((message) => message.kind === "trade").map(({ tradeId }) => Number(tradeId))
    expect(ids.filter((id, i) => i > 0 && id !== ids[i - 1]! + 1)).toEqual([])

    const book = new PriceBook()
    const board = new PriceBoard()
    for (const message of messages) {
      board.evolve(message)
      if (message.kind === "depth") book.apply(message)
    }
    const plain = await plainBook(btc.map((file) => file!))
    expect(book.top("bid")).toEqual(plain.bids)
    expect(book.top("ask")).toEqual(plain.asks)
    expect(board.quoteOf(BTC)?.mdNo).toBeGreaterThan(99_500)
  })

  it("is read without a dead letter for another symbol and for futures, whose diffs chain by pu", async () => {
    const one = await play([eth])
    expect(one.letters).toEqual([])
    expect(one.messages.filter(({ kind }) => kind === "trade").length).toBe(6106)
    const other = await play([futures])
    expect(other.letters).toEqual([])
    expect(other.messages.filter(({ kind }) => kind === "quote").length).toBe(66_089)
    expect(other.messages.filter(({ kind }) => kind === "depth").length).toBeGreaterThan(6500)
  })
})

/** The rule of the oracle's definitions, written as plainly as it can be: two maps, sorted at the end. */
const plainBook = async (files: ReadonlyArray<string>) => {
  type Raw = { u: number; b: Array<[string, string]>; a: Array<[string, string]> }
  const all: Array<Raw> = []
  let snapshot: { lastUpdateId: number; bids: Raw["b"]; asks: Raw["a"] } | undefined
  for (const file of files) {
    for await (const raw of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      const message = JSON.parse(raw.slice(raw.indexOf(" ")))
      if (message.lastUpdateId !== undefined) snapshot = message
      else if (message.data.e === "depthUpdate") all.push(message.data)
    }
  }
  const sides = [new Map(snapshot!.bids), new Map(snapshot!.asks)] as const
  for (const { u, b, a } of all.filter(({ u }) => u > snapshot!.lastUpdateId)) {
    for (const [map, changes] of [
      [sides[0], b],
      [sides[1], a]
    ] as const) {
      for (const [p, q] of changes)
        if (Number(q) === 0) map.delete(p)
        else map.set(p, q)
    }
    void u
  }
  const [bids, asks] = sides.map((map) =>
    [...map].map(([p, q]): Level => [parseFixed(p) as Price, parseFixed(q) as Quantity])
  )
  const by = (sign: number) => (a: Level, b: Level) => (a[0] < b[0] ? -sign : sign)
  return { bids: bids!.toSorted(by(-1)), asks: asks!.toSorted(by(1)) }
}
