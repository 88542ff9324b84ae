import { createBinanceNormaliser, LINE_CHARS_MAX } from "#domain/market/binance.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { microsOf } from "#domain/kernel/time.ts"
import { pause } from "#infra/simulator/pause.ts"
import type { DeadLetter, MarketFeed } from "#streams/ports/market-feed.ts"
import { readLines } from "./lines.ts"

/** `lock-step`: as fast as it is taken. 1: as it was recorded, 10: ten times as fast. */
export type RecordingSpeed = "lock-step" | number

export type RecordingOptions = {
  /** Binance combined-stream recordings, `.ws` or `.ws.gz`, played one after the other. */
  readonly files: ReadonlyArray<string>
  readonly speed: RecordingSpeed
  readonly onDeadLetter: (letter: DeadLetter) => void
  /** Number of the last message before these; 0 by default. */
  readonly lastNo?: number
  /** Whose depth snapshots these are, where a recording holds several symbols. */
  readonly snapshotSymbol?: Symbol
  /** Milliseconds that go on steadily; for tests. */
  readonly clock?: () => number
}

/**
 * Plays recordings. Lines are numbered through all files, also those that yield nothing, so that a number means the same
 * line in every run. Throws `UnreadableRecording` when a file is missing, damaged or cut off, after the messages before.
 */
export const recordingFeed = (options: RecordingOptions): MarketFeed => ({
  name: `recording:${options.files.map((file) => file.split(/[\\/]/u).at(-1)).join(",")}`,
  messages: (signal) =>
    options.speed === "lock-step" ? normalised(options, signal) : paced(options, options.speed, signal)
})

async function* normalised(
  options: RecordingOptions,
  signal: AbortSignal
): AsyncGenerator<ReadonlyArray<MarketMessage>> {
  const { lastNo, snapshotSymbol } = options
  const normaliser = createBinanceNormaliser({
    ...(lastNo !== undefined && { lastNo }),
    ...(snapshotSymbol !== undefined && { snapshotSymbol })
  })
  for (const source of options.files) {
    let line = 0
    for await (const lines of readLines(source, LINE_CHARS_MAX)) {
      if (signal.aborted) return
      const batch: Array<MarketMessage> = []
      for (const raw of lines) {
        line++
        const { message, reason } = normaliser.line(raw)
        if (message !== undefined) batch.push(message)
        if (reason !== undefined) options.onDeadLetter({ source, line, reason, raw })
      }
      if (batch.length > 0) yield batch
    }
  }
}

/** What is due goes out together: a timer cannot tell a hundred microseconds apart. */
async function* paced(
  options: RecordingOptions,
  speed: number,
  signal: AbortSignal
): AsyncGenerator<ReadonlyArray<MarketMessage>> {
  if (!(speed > 0)) throw new RangeError(`a recording cannot be played at speed ${speed}: give a number above 0`)
  const clock = options.clock ?? (() => performance.now())
  const startedAt = clock()
  let firstMicros: number | undefined
  for await (const batch of normalised(options, signal)) {
    let ready: Array<MarketMessage> = []
    for (const message of batch) {
      const micros = microsOf(message.at)
      firstMicros ??= micros
      const dueAt = startedAt + (micros - firstMicros) / 1000 / speed
      if (dueAt > clock()) {
        if (ready.length > 0) yield ready
        ready = []
        while (dueAt > clock()) if (!(await pause(dueAt - clock(), signal))) return
      }
      ready.push(message)
    }
    if (ready.length > 0) yield ready
  }
}
