import type { Symbol } from "#domain/kernel/ids.ts"
import { EPOCH, type Time } from "#domain/kernel/time.ts"
import {
  fieldsOf,
  flagOf,
  idOf,
  levelsOf,
  NotMarketData,
  priceOf,
  quantityOf,
  receiveTimeOf,
  refuse,
  symbolOf,
  type Fields
} from "./binance-fields.ts"
import { DepthSync, type Step } from "./depth-sync.ts"
import type { Depth, MarketMessage, Quote, Trade } from "./messages.ts"

/** A snapshot of 5,000 levels a side has some 300,000 characters. */
export const LINE_CHARS_MAX = 1_048_576

/**
 * What became of one line. Every line takes a number. Neither message nor reason: a diff that waits for its snapshot or
 * is older than it. Both: a gap in the diffs, where an empty snapshot tells readers to forget the book.
 */
export type Normalised = { readonly no: number; readonly message?: MarketMessage; readonly reason?: string }

export type BinanceNormaliser = {
  /** One line of a recording: receive time in nanoseconds since 1970, a space, the message as it came. */
  readonly line: (raw: string) => Normalised
  /** How the diffs of a symbol stand; undefined before the first. */
  readonly syncOf: (
    symbol: Symbol
  ) => Pick<DepthSync, "synced" | "lastUpdateId" | "appliedDiffs" | "droppedDiffs" | "gaps"> | undefined
  readonly lastNo: () => number
}

/**
 * Binance combined streams (`@trade`, `@bookTicker`, `@depth`; spot, and USD-M futures by their `pu`) and REST depth
 * snapshots to normalised messages. The time of a message is when it was received: trade times run ahead of it.
 * A snapshot does not say whose it is: `snapshotSymbol`, or the only symbol whose diffs were seen.
 */
export const createBinanceNormaliser = (
  options: { readonly lastNo?: number; readonly snapshotSymbol?: Symbol } = {}
): BinanceNormaliser => {
  let no = options.lastNo ?? 0
  let lastAt = EPOCH
  const syncs = new Map<Symbol, DepthSync>()
  const syncFor = (symbol: Symbol): DepthSync => {
    const known = syncs.get(symbol) ?? new DepthSync()
    syncs.set(symbol, known)
    return known
  }

  const line = (raw: string): Normalised => {
    no++
    try {
      if (raw.length > LINE_CHARS_MAX) return refuse("LineTooLong", `more than ${LINE_CHARS_MAX} characters`)
      const space = raw.indexOf(" ")
      const at = receiveTimeOf(space < 0 ? raw : raw.slice(0, space))
      if (at < lastAt) return refuse("ReceiveTimeBackwards", `${at} after ${lastAt}`)
      const result = normalise(jsonOf(raw.slice(space + 1)), at)
      lastAt = at // a line that is refused does not move the clock
      return result
    } catch (error) {
      if (error instanceof NotMarketData) return { no, reason: error.message }
      throw error
    }
  }

  const normalise = (fields: Fields, at: Time): Normalised => {
    const { stream } = fields
    if (stream === undefined && "lastUpdateId" in fields) return snapshot(fields, at)
    if (typeof stream !== "string") return refuse("UnknownMessage", "neither a stream message nor a depth snapshot")
    const data = fieldsOf(fields["data"], "data")
    // spot bookTicker is the one message without an event type
    const event = data["e"] ?? (stream.endsWith("@bookTicker") ? "bookTicker" : undefined)
    if (event === "bookTicker") return { no, message: quoteOf(data, no, at) }
    if (event === "trade") return { no, message: tradeOf(data, no, at) }
    if (event === "depthUpdate") return diff(data, at)
    return refuse("UnknownEvent", `event ${JSON.stringify(event)?.slice(0, 40)} of stream ${stream.slice(0, 60)}`)
  }

  const diff = (data: Fields, at: Time): Normalised => {
    const symbol = symbolOf(data)
    const first = idOf(data, "U")
    const last = idOf(data, "u")
    if (last < first) return refuse("InvalidId", `u ${last} is before U ${first}`)
    const previous = data["pu"] === undefined ? first - 1 : idOf(data, "pu")
    const step = { last, previous, bids: levelsOf(data, "b"), asks: levelsOf(data, "a") }
    return depthOf(syncFor(symbol).diff(step), symbol, at, false)
  }

  const snapshot = (fields: Fields, at: Time): Normalised => {
    const symbol = options.snapshotSymbol ?? (syncs.size === 1 ? [...syncs.keys()][0] : undefined)
    if (symbol === undefined) return refuse("UnknownSymbol", "the snapshot could belong to any symbol")
    const levels = { bids: levelsOf(fields, "bids"), asks: levelsOf(fields, "asks") }
    const lastUpdateId = idOf(fields, "lastUpdateId")
    return depthOf(syncFor(symbol).snapshot(lastUpdateId, levels), symbol, at, true)
  }

  const depthOf = (step: Step, symbol: Symbol, at: Time, isSnapshot: boolean): Normalised => {
    if (step.type === "nothing") return { no }
    const { bids, asks } = step.type === "apply" ? step.levels : { bids: [], asks: [] }
    const message: Depth = { kind: "depth", no, at, symbol, snapshot: isSnapshot || step.type === "gap", bids, asks }
    if (step.type === "apply") return { no, message }
    return { no, message, reason: `SequenceGap: ${symbol} stood at ${step.expected}, the diff follows ${step.got}` }
  }

  return { line, syncOf: (symbol) => syncs.get(symbol), lastNo: () => no }
}

const jsonOf = (text: string): Fields => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse("InvalidJson", "what follows the receive time is not JSON")
  }
  return fieldsOf(value, "the message")
}

const quoteOf = (data: Fields, no: number, at: Time): Quote => {
  const symbol = symbolOf(data)
  const bid = priceOf(data["b"], "b")
  const ask = priceOf(data["a"], "a")
  if (bid >= ask) return refuse("CrossedQuote", `bid ${String(data["b"])} is not below ask ${String(data["a"])}`)
  const [bidSize, askSize] = [quantityOf(data["B"], "B"), quantityOf(data["A"], "A")]
  return { kind: "quote", no, at, symbol, bid, bidSize, ask, askSize }
}

const tradeOf = (data: Fields, no: number, at: Time): Trade => {
  const symbol = symbolOf(data)
  const price = priceOf(data["p"], "p")
  const quantity = quantityOf(data["q"], "q")
  if (quantity === 0n) return refuse("InvalidNumber", "q is 0")
  // m: the buyer was the maker, so the seller took
  const aggressor = flagOf(data, "m") ? "sell" : "buy"
  return { kind: "trade", no, at, symbol, price, quantity, aggressor, tradeId: String(idOf(data, "t")) }
}
