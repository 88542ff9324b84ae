import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { SessionAnswer } from "#services/contract/order-entry.ts"
import { openWire, resting, startEntry, type Wire } from "./entry.ts"

let entry: Awaited<ReturnType<typeof startEntry>>
const wires: Array<Wire> = []
const wire = async () => {
  const opened = await openWire(entry.url)
  wires.push(opened)
  return opened
}
const orders = (no: number, ...items: ReadonlyArray<unknown>) => ({ op: "orders", no, items })
const byNo = (answers: ReadonlyArray<SessionAnswer>) => answers.toSorted((a, b) => a.no - b.no)

beforeAll(async () => {
  entry = await startEntry()
})
afterAll(async () => {
  wires.forEach((one) => one.close())
  await entry.close()
})

describe("an order entry session", () => {
  it("answers every number with the order's id, and the ledger has it", async () => {
    const { open, say, answers } = await wire()
    const { session, last, window, partition } = await open()
    expect({ last, window, partition }).toEqual({ last: 0, window: 4096, partition: 0 })
    say(orders(1, resting(), resting({ clOrdId: "mine-1" }), resting({ timeInForce: "DAY", postOnly: true })))
    say(orders(4, resting({ quantity: 0.002, price: 44_000.5 })))
    const all = byNo(await answers(4))
    expect(all.map(({ no, status }) => ({ no, status }))).toEqual(
      [1, 2, 3, 4].map((no) => ({ no, status: "PendingNew" }))
    )
    const known = new Map((await entry.orders()).map(({ clOrdId, orderId }) => [orderId as string, clOrdId as string]))
    expect(all.map(({ orderId }) => known.get(orderId!))).toEqual([
      `${session}:1`,
      "mine-1",
      `${session}:3`,
      `${session}:4`
    ])
    const [, eventNo] = all[3]!.position!.split(":")
    expect(all[3]!.orderId).toBe(`0-${Number(eventNo) - 1}`)
  })

  it("says what was denied and by which checks, and what was refused and why", async () => {
    const { open, say, answers } = await wire()
    await open()
    say(
      orders(
        1,
        resting({ quantity: "1000000" }),
        resting({ account: "nobody" }),
        resting({ price: "44000.123456789", quantity: "x" }),
        { cancel: "0-999999", account: "test_account" },
        { replace: "0-999999", account: "test_account" },
        "an order",
        resting({ quantity: 0.1 + 0.2 })
      )
    )
    const [denied, unknown, bad, gone, nothing, text, inexact] = byNo(await answers(7))
    expect(denied).toMatchObject({ status: "Rejected", reason: /^refused by /u, orderId: /^0-/u })
    expect(denied!.failed!.length).toBeGreaterThan(0)
    expect(unknown).toMatchObject({ code: "UnknownAccount", errors: [{ field: "account" }] })
    expect(bad).toMatchObject({
      code: "UndecodableRequest",
      errors: [{ field: "quantity" }, { field: "price", reason: "more than 8 decimals" }]
    })
    expect(gone).toMatchObject({ code: "OrderNotOpen" })
    expect(nothing).toMatchObject({ errors: [{ field: "quantity", reason: /^nothing to change/u }] })
    expect(text).toMatchObject({ errors: [{ field: "item", reason: "must be an object" }] })
    expect(inexact).toMatchObject({ code: "ImpossibleValue", errors: [{ field: "quantity" }] })
    expect([unknown, bad, gone, nothing, text, inexact].filter((one) => one?.orderId ?? one?.position)).toEqual([])
  })

  it("replaces and cancels", async () => {
    const { open, say, answers } = await wire()
    await open()
    say(orders(1, resting()))
    const [{ orderId }] = (await answers(1)) as [SessionAnswer]
    say(orders(2, { replace: orderId, account: "test_account", price: "44001", clOrdId: "c-2" }))
    expect(await answers(1)).toMatchObject([{ no: 2, orderId, status: "PendingReplace" }])
    say(orders(3, { cancel: orderId, account: "test_account", origClOrdId: "c-2" }))
    expect(await answers(1)).toMatchObject([{ no: 3, orderId, status: "PendingCancel" }])
  })

  it("answers repeated and late numbers again and does nothing twice", async () => {
    const { open, say, answers } = await wire()
    await open()
    say(orders(1, resting(), resting({ account: "nobody" }), resting()))
    const first = byNo(await answers(3))
    const before = (await entry.orders()).length
    say(orders(1, resting(), resting({ account: "nobody" })))
    say(orders(2, resting({ account: "nobody" }), resting(), resting()))
    const again = await answers(5)
    expect(again.filter(({ no }) => no < 4)).toEqual([first[0], first[1], first[1], first[2]])
    expect(await entry.orders()).toHaveLength(before + 1)
    // numbers may be left out, and are then taken as used
    say(orders(10, resting()))
    say(orders(7, resting()))
    expect(byNo(await answers(2))).toMatchObject([
      { no: 7, code: "NotRecorded" },
      { no: 10, status: "PendingNew" }
    ])
    expect(await entry.orders()).toHaveLength(before + 2)
  })

  it("tells another connection where the session stands, and the one before that it is over", async () => {
    const first = await wire()
    const { session } = await first.open()
    first.say(orders(1, resting(), resting()))
    const told = byNo(await first.answers(2))
    const second = await wire()
    expect(await second.resume(session)).toMatchObject({ session, last: 2 })
    expect(await first.next("error")).toMatchObject({ code: "TakenOver" })
    expect(await first.closed()).toMatchObject({ code: 4001 })
    second.say(orders(2, resting(), resting()))
    const [two, three] = byNo(await second.answers(2))
    expect(two).toEqual(told[1])
    expect(three).toMatchObject({ no: 3, status: "PendingNew" })
  })

  it("names what is wrong with a frame, and changes nothing", async () => {
    const { open, say, next, socket, answers } = await wire()
    say(orders(1, resting()))
    expect(await next("error")).toMatchObject({ code: "NoSession" })
    const { session } = await open()
    const before = (await entry.orders()).length
    const fault = async (frame: object | string) => {
      say(frame)
      const { code, errors } = await next("error")
      return [code, ...(errors ?? []).map(({ field }) => field)].join(" ")
    }
    expect(await fault("{")).toBe("MalformedJson")
    expect(await fault("[]")).toBe("BadFrame op")
    expect(await fault("null")).toBe("BadFrame frame")
    expect(await fault({ op: "buy" })).toBe("BadFrame op")
    expect(await fault({ op: "open" })).toBe("SessionOpen")
    expect(await fault({ op: "resume", session: "x" })).toBe("BadFrame session")
    expect(await fault({ op: "orders", items: [resting()] })).toBe("BadFrame no")
    for (const no of [0, -1, 1.5, "1", 1e15, null])
      expect(await fault({ op: "orders", no, items: [{}] })).toBe("BadFrame no")
    expect(await fault(orders(1))).toBe("BadFrame items")
    expect(await fault({ op: "orders", no: 1, items: {} })).toBe("BadFrame items")
    expect(await fault({ op: "orders", no: 999_999_999_999_999, items: [{}, {}] })).toBe("BadFrame no")
    expect(await fault({ ...orders(1, resting()), more: 1 })).toBe("BadFrame more")
    expect(await fault(orders(1, ...Array.from({ length: 4097 }, () => ({}))))).toBe("BadFrame items")
    socket.send(new Uint8Array([1]))
    expect(await next("error")).toMatchObject({ code: "BinaryFrame" })
    expect(await entry.orders()).toHaveLength(before)
    say({ op: "ping" })
    await next("pong")
    say(orders(1, resting()))
    expect(await answers(1)).toMatchObject([{ no: 1, status: "PendingNew" }])
    expect(session).toMatch(/^[0-9a-z]{19}$/u)
  })

  it("is not resumed when it never was", async () => {
    const { say, next, open } = await wire()
    say({ op: "resume", session: "zzzzzzzzz0000000000" })
    expect(await next("error")).toMatchObject({ code: "UnknownSession", errors: [{ field: "session" }] })
    await open()
  })

  it("cuts a frame that is too large, and keeps the session", async () => {
    const { open, say, answers, closed } = await wire()
    const { session } = await open()
    say(orders(1, resting({ clOrdId: "x".repeat(1_100_000) })))
    expect(await closed()).toMatchObject({ code: 1009 })
    const again = await wire()
    expect(await again.resume(session)).toMatchObject({ last: 0 })
    again.say(orders(1, resting()))
    expect(await again.answers(1)).toMatchObject([{ no: 1, status: "PendingNew" }])
    expect(answers).toBeDefined()
  })
})
