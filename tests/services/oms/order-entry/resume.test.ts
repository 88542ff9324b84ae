import { fc, test } from "@fast-check/vitest"
import { connect, createServer, type Server, type Socket } from "node:net"
import { describe, expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import type { OrderItem, SessionAnswer } from "#services/contract/order-entry.ts"
import { SessionClient } from "#services/oms/order-entry/client.ts"
import { SessionMarks } from "#services/desk/session-marks.ts"
import type { OrderSession } from "#services/oms/order-entry/session.ts"
import { orderSessions } from "#services/oms/order-entry/sessions.ts"
import { wallClock } from "#services/platform/clock.ts"
import { submitManyTo } from "#streams/submit-many.ts"
import { openWire, resting, startEntry } from "./entry.ts"

type Cut = { readonly up: number; readonly down: number }
/** A line to `port` that is cut, each time anew, after so many bytes in one direction or the other. */
const cuttingProxy = async (
  port: number,
  cuts: ReadonlyArray<Cut>
): Promise<{ readonly port: number; readonly server: Server }> => {
  const left = [...cuts]
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1")
    const cut = left.shift() ?? { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY }
    const end = () => {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
    const forward = (from: Socket, to: Socket, most: number) => {
      let bytes = 0
      from.on("error", () => {}).on("close", () => to.destroy())
      from.on("data", (part: Buffer) => {
        to.write(part.subarray(0, Math.max(0, most - bytes)))
        bytes += part.length
        if (bytes >= most) setImmediate(end)
      })
    }
    forward(near, far, cut.up)
    forward(far, near, cut.down)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { port: (server.address() as { port: number }).port, server }
}

const NUMBERS = 300
const mixed = (n: number): OrderItem =>
  n % 7 === 0 ? resting({ account: "nobody" }) : n % 11 === 0 ? resting({ clOrdId: `own-${n}` }) : resting()

describe("a session whose line is cut", () => {
  const cut = fc.record({ up: fc.integer({ min: 180, max: 20_000 }), down: fc.integer({ min: 130, max: 12_000 }) })
  test.prop(
    [fc.array(cut, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 80 })],
    {
      numRuns: 8
    }
  )("loses nothing and does nothing twice", async (cuts, batch, inFlightMax) => {
    const entry = await startEntry()
    const proxy = await cuttingProxy(entry.port, cuts)
    const answers = new Map<number, SessionAnswer>()
    const done = Promise.withResolvers<void>()
    const client = await SessionClient.open({
      url: `ws://127.0.0.1:${proxy.port}/session`,
      inFlightMax,
      itemsPerFrameMax: batch,
      retryMs: 2,
      onAnswers: (some) => {
        for (const answer of some) {
          if (answers.has(answer.no)) done.reject(new Error(`${answer.no} was answered twice`))
          answers.set(answer.no, answer)
        }
        if (answers.size === NUMBERS) done.resolve()
      },
      onEnd: done.reject
    })
    try {
      expect(client.send(Array.from({ length: NUMBERS }, (_, i) => mixed(i + 1)))).toBe(1)
      await done.promise
      const inLedger = await entry.orders()
      const ids = new Set(inLedger.map(({ clOrdId }) => clOrdId as string))
      expect(ids.size).toBe(inLedger.length)
      const wanted = Array.from({ length: NUMBERS }, (_, i) => i + 1).filter((n) => n % 7 !== 0)
      expect(ids).toEqual(new Set(wanted.map((n) => (n % 11 === 0 ? `own-${n}` : `${client.session}:${n}`))))
      const byOrder = new Map(inLedger.map(({ clOrdId, orderId }) => [orderId as string, clOrdId as string]))
      for (const [no, answer] of answers) {
        if (no % 7 === 0) expect(answer.code).toBe("UnknownAccount")
        else expect(byOrder.get(answer.orderId!)).toBe(no % 11 === 0 ? `own-${no}` : `${client.session}:${no}`)
      }
    } finally {
      client.close()
      proxy.server.close()
      await entry.close()
    }
  })
})

describe("a session after the platform was started again", () => {
  const orders = (no: number, ...items: ReadonlyArray<object>) => ({ op: "orders", no, items })

  it("goes on from what the ledger has: answered as before, and nothing done again", async () => {
    const log = memoryLog()
    const before = await startEntry({ log })
    const wire = await openWire(before.url)
    const { session } = await wire.open()
    wire.say(
      orders(
        1,
        resting(),
        resting({ clOrdId: "own" }),
        resting({ quantity: "1000000" }),
        resting({ account: "nobody" })
      )
    )
    wire.say(orders(5, resting(), resting({ account: "nobody" }), resting({ clOrdId: "own-7" })))
    const told = (await wire.answers(7)).toSorted((a, b) => a.no - b.no)
    wire.close()
    await before.close()
    const after = await startEntry({ log })
    const again = await openWire(after.url)
    expect(await again.resume(session)).toMatchObject({ last: 5 })
    const count = (await after.orders()).length
    again.say(
      orders(
        1,
        resting(),
        resting({ clOrdId: "own" }),
        resting({ quantity: "1000000" }),
        resting({ account: "nobody" })
      )
    )
    again.say(orders(5, resting(), resting({ account: "nobody" }), resting({ clOrdId: "own-7" }), resting()))
    const retold = (await again.answers(8)).toSorted((a, b) => a.no - b.no)
    const recorded = (all: ReadonlyArray<SessionAnswer>) =>
      all.filter(({ no, orderId }) => no < 8 && orderId !== undefined)
    expect(recorded(retold)).toEqual(recorded(told))
    expect(retold[3]).toMatchObject({ no: 4, code: "NotRecorded" })
    // above what the ledger has: a refusal left nothing, so it is judged again
    expect(retold[5]).toMatchObject({ no: 6, code: "UnknownAccount" })
    expect(await after.orders()).toHaveLength(count + 1)
    again.say(orders(1, resting({ price: "43000" })))
    expect(await again.answers(1)).toEqual([retold[0]])
    // asked of the ledger, other content is seen
    const anew = orderSessions({
      writer: after.platform.engine.writer,
      submitMany: submitManyTo(after.platform.engine.writer),
      log,
      clock: wallClock(),
      marks: after.platform.engine.sessionMarks
    })
    const known = await anew.resume(session as never)
    const seen = Promise.withResolvers<string>()
    if ("code" in known) throw new Error(known.detail)
    known.attach({ answered: seen.resolve })
    known.take({ op: "orders", no: 1, items: [resting({ price: "43000" })], inexact: undefined })
    expect(JSON.parse(await seen.promise)).toMatchObject({ no: 1, code: "ClOrdIdReused" })
    again.close()
    await after.close()
  })

  it("is not gone on with when what it did may have been forgotten", async () => {
    const log = memoryLog()
    const first = await startEntry({ log })
    const wire = await openWire(first.url)
    const { session } = await wire.open()
    wire.say(orders(1, resting()))
    await wire.answers(1)
    const { writer } = first.platform.engine
    /** As after a start that found so much of it in the ledger. */
    const restarted = (recorded: number | undefined) => {
      const marks = new SessionMarks()
      if (recorded !== undefined) marks.note(`${session}:${recorded}`)
      const floorMicros = Date.now() * 1000
      const look: typeof writer.look = (question) =>
        writer.look((state) => question({ ...state, answered: { ...state.answered, floorMicros } }))
      const submitMany = submitManyTo(writer)
      return orderSessions({ writer: { partition: 0, look }, submitMany, log, clock: wallClock(), marks })
    }
    expect(await restarted(undefined).resume(session as never)).toMatchObject({ code: "SessionTooOld" })
    const known = await restarted(1).resume(session as never)
    if ("code" in known) throw new Error(known.detail)
    expect(known.high).toBe(1)
    known.high = 2
    const told: Array<string> = []
    const both = Promise.withResolvers<void>()
    known.attach({
      answered: (items) => {
        told.push(items)
        if ([1, 2].every((no) => told.join(",").includes(`"no":${no},`))) both.resolve()
      }
    })
    known.take({ op: "orders", no: 1, items: [resting(), resting()], inexact: undefined })
    await both.promise
    const answers = JSON.parse(`[${told.join(",")}]`) as ReadonlyArray<SessionAnswer>
    expect(answers.find(({ no }) => no === 1)).toMatchObject({ status: "PendingNew" })
    expect(answers.find(({ no }) => no === 2)).toMatchObject({ code: "CommandTooOld" })
    wire.close()
    await first.close()
  })
})

it("a session that nobody came back to for long is known by its mark, and its numbers by the ledger", async () => {
  const entry = await startEntry()
  const answerOf = (session: OrderSession) =>
    new Promise<SessionAnswer>((resolve) => {
      session.attach({ answered: (items) => resolve(JSON.parse(items) as SessionAnswer) })
      session.take({ op: "orders", no: 7, items: [resting()], inexact: undefined })
    })
  const leave = (session: OrderSession) => {
    session.attach(undefined)
    entry.sessions.leave(session)
  }
  const first = entry.sessions.open()
  const told = await answerOf(first)
  expect(told).toMatchObject({ no: 7, status: "PendingNew" })
  leave(first)
  for (let i = 0; i < 199; i++) leave(entry.sessions.open())
  expect(await entry.sessions.resume(first.id)).toBe(first)
  leave(first)
  for (let i = 0; i < 201; i++) leave(entry.sessions.open())
  const again = await entry.sessions.resume(first.id)
  if ("code" in again) throw new Error(again.detail)
  expect(again).not.toBe(first)
  expect(again.high).toBe(7)
  expect(await answerOf(again)).toEqual(told)
  expect(await entry.orders()).toHaveLength(1)
  await entry.close()
})
