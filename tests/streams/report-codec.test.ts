import { describe, expect, it } from "vitest"
import { parseFixed, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import { decodeReports, encodeReports } from "#streams/report-codec.ts"

const amount = (text: string) => parseFixed(text) as Quantity & Price
const head = { at: "2026-11-28T10:00:00.000001000Z", account: "A1", orderId: "0-7", execId: "p-0-7-1", mdNo: 12 }
const named = { ...head, clOrdId: "0-9" }
const execution = {
  quantity: amount("0.00000001"),
  price: amount("45000.12345678"),
  liquidity: "maker",
  fee: amount("-0.5"),
  feeCurrency: "USDT",
  queueAhead: amount("0")
}
const reason = 'because "of" it'
/** One of each, so that a new one is not forgotten. */
const SAMPLES: Readonly<Record<VenueReport["type"], object>> = {
  New: { ...head, venueOrderId: "V1", queueAhead: amount("3") },
  Triggered: { ...head, queueAhead: amount("1"), price: amount("2"), source: "bid-ask" },
  Trade: { ...head, ...execution, contra: "X" },
  TradeCancel: { ...head, execRefId: "p-0-7-0", reason },
  TradeCorrect: { ...head, ...execution, execRefId: "p-0-7-0" },
  Replaced: { ...named, quantity: amount("2"), price: amount("1"), stopPrice: amount("4"), queueAhead: amount("0") },
  Restated: { ...head, quantity: amount("2"), cumQty: amount("1"), reason },
  PendingCancel: named,
  PendingReplace: named,
  Stopped: { ...head, quantity: amount("1"), price: amount("9"), reason },
  Suspended: { ...head, reason },
  DoneForDay: { ...head, reason },
  Canceled: { ...named, reason },
  Rejected: { ...head, reason },
  Expired: { ...head, reason },
  CancelRejected: { ...named, reason },
  ReplaceRejected: { ...named, reason }
}
const reports = Object.entries(SAMPLES).map(([type, rest]) => ({ type, ...rest }) as unknown as VenueReport)

describe("a venue's reports", () => {
  it("come back from their bytes as they were, each of them and all together", () => {
    for (const one of reports) expect(decodeReports(encodeReports([one]))).toMatchObject([{ report: one }])
    expect(decodeReports(encodeReports(reports)).map(({ report }) => report)).toEqual(reports)
  })

  it("that are not understood say why and keep their bytes, while the others are read", () => {
    const [first, second] = reports
    const line = (one: VenueReport) => Buffer.from(encodeReports([one])).toString("utf8")
    const texts = [line(first!), '{"type":"New"}', "garbage", line(second!), line(first!).replace("mdNo", "unknown")]
    const decoded = decodeReports(Buffer.from(texts.join("\n")))
    expect(decoded.map(({ report }) => report?.type)).toEqual(["New", undefined, undefined, "Triggered", undefined])
    expect(decoded.map(({ undecodable }) => undecodable)).toEqual([
      undefined,
      expect.stringMatching(/at/),
      "it is not JSON",
      undefined,
      expect.stringMatching(/unknown|mdNo/)
    ])
    expect(decoded.map(({ bytes }) => Buffer.from(bytes()).toString("utf8"))).toEqual(texts)
  })

  it("of which nothing is understood count as one message", () => {
    const bytes = Buffer.from([0x0a, 0xff, 0x0a, 0x00])
    const [only, ...rest] = decodeReports(bytes)
    expect(rest).toEqual([])
    expect(only?.bytes()).toEqual(bytes)
    expect(only?.undecodable).toBe("it is not JSON")
  })

  it.each(["1e5", "NaN", "0.123456789", "1234567890123456789", "", "+1", "01", 1, null])(
    "with an amount of %j are not understood",
    (amountText) => {
      const line = JSON.stringify({ type: "New", ...head, venueOrderId: "V1", queueAhead: amountText })
      expect(decodeReports(Buffer.from(line))).toMatchObject([{ undecodable: expect.stringMatching(/queueAhead/) }])
    }
  )

  it.each(["null", "[]", "7", '"New"', '{"type":"Newer"}', '{"type":["New"]}', '{"type":"constructor"}'])(
    "are not %s",
    (line) => {
      const [decoded] = decodeReports(Buffer.from(line))
      expect(decoded!.report).toBeUndefined()
      expect(decoded!.undecodable).not.toBe("")
    }
  )
})
