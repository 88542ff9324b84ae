import type { MarketMessage } from "#domain/market/messages.ts"

/** A raw message that could not be normalised: counted, shown, never guessed at. */
export type DeadLetter = {
  readonly source: string
  readonly line: number
  readonly reason: string
  readonly raw: string
}

/** Where market data comes from: the simulator, a recording, later an exchange. */
export type MarketFeed = {
  readonly name: string
  /** Messages in order, in batches as they come (a paced feed waits between them), until it ends or `signal` aborts. */
  readonly messages: (signal: AbortSignal) => AsyncIterable<ReadonlyArray<MarketMessage>>
}
