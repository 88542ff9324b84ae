import { truncateSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, describe, expect, it } from "vitest"
import { LINE_CHARS_MAX } from "#domain/market/binance.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import { UnreadableRecording } from "#infra/recordings/lines.ts"
import { recordingFeed, type RecordingOptions } from "#infra/recordings/recording-feed.ts"
import type { DeadLetter } from "#streams/ports/market-feed.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const START = 1_723_161_254_000_000_000n
/** A trade every millisecond. */
const tradeLine = (i: number) => {
  const data = { e: "trade", s: "BTCUSDT", t: i, p: "100.5", q: "0.1", m: i % 2 === 0 }
  return `${START + BigInt(i) * 1_000_000n} ${JSON.stringify({ stream: "btcusdt@trade", data })}`
}
const tradeLines = (count: number) => Array.from({ length: count }, (_, i) => tradeLine(i))

const dir = tempDir("recordings")
afterAll(() => dir[Symbol.dispose]())
const file = (name: string, lines: ReadonlyArray<string>, end = "\n"): string => {
  const path = join(dir.path, name)
  const text = lines.join(end) + end
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text)
  return path
}

const play = async (files: ReadonlyArray<string>, options: Partial<RecordingOptions> = {}) => {
  const letters: Array<DeadLetter> = []
  const messages: Array<MarketMessage> = []
  const batches: Array<number> = []
  const feed = recordingFeed({ files, speed: "lock-step", onDeadLetter: (letter) => letters.push(letter), ...options })
  let error: unknown
  try {
    for await (const batch of feed.messages(new AbortController().signal)) {
      messages.push(...batch)
      batches.push(batch.length)
    }
  } catch (thrown) {
    error = thrown
  }
  return { letters, messages, batches, error, name: feed.name }
}

describe("a recording as a feed", () => {
  it("plays plain and packed files one after the other, numbered through, whatever their line ends", async () => {
    const files = [file("a.ws", tradeLines(3), "\r\n"), file("b.ws.gz", [tradeLine(5), tradeLine(6)])]
    const { messages, letters, error, name } = await play(files, { lastNo: 10 })
    expect([error, letters, name]).toEqual([undefined, [], "recording:a.ws,b.ws.gz"])
    expect(messages.map(({ no }) => no)).toEqual([11, 12, 13, 14, 15])
    expect(messages[3]?.at).toBe("2024-08-08T23:54:14.005000000Z")
    expect((await play([files[0]!])).messages.length).toBe(3)
  })

  it("puts every broken line aside with file, number, reason and the raw line, and goes on", async () => {
    const huge = `${START} "${"x".repeat(3 * LINE_CHARS_MAX)}"`
    const lines = [tradeLine(1), "garbage", "", `${START + 1_500_000n} {"half":`, huge, tradeLine(0), tradeLine(2)]
    for (const path of [file("broken.ws", lines), file("broken.ws.gz", lines)]) {
      const { messages, letters, error } = await play([path])
      expect(error).toBeUndefined()
      expect(messages.map(({ no }) => no)).toEqual([1, 7])
      const reasons = ["InvalidReceiveTime", "InvalidReceiveTime", "InvalidJson", "LineTooLong", "ReceiveTimeBackwards"]
      expect(letters.map(({ reason }) => reason.split(":")[0])).toEqual(reasons)
      expect(letters.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6])
      expect(letters.map(({ source }) => source)).toEqual(Array.from({ length: 5 }, () => path))
      expect(letters[0]?.raw).toBe("garbage")
      expect(letters[3]?.raw.length).toBe(LINE_CHARS_MAX + 1) // the rest of it is not kept
    }
  })

  it("says which file cannot be read and why, after the messages before it", async () => {
    const cut = file("cut.ws.gz", tradeLines(5000))
    truncateSync(cut, 2000)
    const damaged = file("damaged.ws.gz", tradeLines(2))
    writeFileSync(damaged, Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(60, 7)]))
    const empty = ["empty.ws", "empty.ws.gz"].map((name) => join(dir.path, name))
    for (const path of empty) writeFileSync(path, "")
    const good = file("good.ws", tradeLines(2))
    const cases: ReadonlyArray<readonly [string, RegExp]> = [
      [join(dir.path, "missing.ws.gz"), /there is no such file/],
      [dir.path, /it is a folder/],
      [cut, /it was cut off/],
      [damaged, /damaged/],
      [empty[0]!, /it is empty/],
      [empty[1]!, /it was cut off/]
    ]
    for (const [path, why] of cases) {
      const { error, messages } = await play([good, path])
      expect(error).toBeInstanceOf(UnreadableRecording)
      expect((error as Error).message).toMatch(why)
      expect((error as Error).message).toContain(basename(path))
      expect(messages.length).toBeGreaterThanOrEqual(2)
    }
  })

  it("keeps the recorded pace, or a multiple of it", async () => {
    const path = file("paced.ws", tradeLines(200)) // 199 ms
    const timed = async (speed: number) => {
      const started = performance.now()
      const { messages, batches } = await play([path], { speed })
      expect(messages.length).toBe(200)
      return { ms: performance.now() - started, batches: batches.length }
    }
    const recorded = await timed(1)
    expect(recorded.ms).toBeGreaterThan(195)
    expect(recorded.batches).toBeGreaterThan(5)
    const faster = await timed(10)
    expect(faster.ms).toBeGreaterThan(19)
    expect(faster.ms).toBeLessThan(recorded.ms)
    expect((await play([path], { speed: 0 })).error).toBeInstanceOf(RangeError)
  })

  it("ends when it is told to, also in the middle of a wait", async () => {
    const lines = [tradeLine(0), tradeLine(60_000)]
    const stop = new AbortController()
    const seen: Array<number> = []
    const feed = recordingFeed({ files: [file("long.ws", lines)], speed: 1, onDeadLetter: () => {} })
    for await (const batch of feed.messages(stop.signal)) {
      seen.push(batch.length)
      setTimeout(() => stop.abort(), 20)
    }
    expect(seen).toEqual([1])
  })
})
