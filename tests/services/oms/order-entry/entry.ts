import type { SessionAnswer, SessionServerFrame } from "#services/contract/order-entry.ts"
import { sessionRoute, type SessionRouteOptions } from "#services/oms/order-entry/route.ts"
import { orderSessions } from "#services/oms/order-entry/sessions.ts"
import { wallClock } from "#services/platform/clock.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import { submitManyTo, type SubmitMany } from "#streams/submit-many.ts"
import { serve } from "#tests/services/http/served.ts"
import { paperPlatform } from "#tests/services/risk/paper-platform.ts"

/** Keeps orders from the writer until it is opened. */
type Gate = { readonly opened: Promise<void> }

/** The route over the platform's own engine, on a log in memory, with a market at 45,000. */
export const startEntry = async (
  options: SessionRouteOptions & { readonly log?: EventLog & LogSpace; readonly gate?: Gate } = {}
) => {
  const { log = memoryLog(), gate, ...limits } = options
  const platform = await paperPlatform({ log })
  const { writer } = platform.engine
  platform.market("45000")
  const direct = submitManyTo(writer)
  const submitMany: SubmitMany = (requests, onAnswers) =>
    gate === undefined ? direct(requests, onAnswers) : void gate.opened.then(() => direct(requests, onAnswers))
  const sessions = orderSessions({ writer, submitMany, log, clock: wallClock(), marks: platform.engine.sessionMarks })
  const served = await serve([sessionRoute(sessions, limits).mount])
  return {
    platform,
    sessions,
    log,
    port: served.port,
    url: `ws://127.0.0.1:${served.port}/session`,
    /** orders that the ledger has, by clOrdId */
    orders: () =>
      writer.look((state) => [...state.orders.values()].map(({ clOrdId, orderId }) => ({ clOrdId, orderId }))),
    close: async () => {
      await served.close()
      await platform.close()
    }
  }
}

/** A limit order far from the market: it rests. */
export const resting = (more: object = {}) => ({
  account: "test_account",
  symbol: "BTCUSDT",
  side: "buy",
  type: "limit",
  quantity: "0.001",
  price: "44000",
  ...more
})

/** A client that does what it is told and nothing more. */
export const openWire = async (url: string) => {
  const socket = new WebSocket(url)
  const frames: Array<SessionServerFrame> = []
  const waiting: Array<() => void> = []
  const wake = () => waiting.splice(0).forEach((go) => go())
  let closed: { readonly code: number; readonly reason: string } | undefined
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(data as string) as SessionServerFrame)
    wake()
  }
  socket.onclose = ({ code, reason }) => {
    closed = { code, reason }
    wake()
  }
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  socket.onerror = () => {}
  const until = async <T>(see: () => T | undefined): Promise<T> => {
    for (;;) {
      const seen = see()
      if (seen !== undefined) return seen
      if (closed !== undefined)
        throw new Error(`closed with ${closed.code} ${closed.reason}: ${JSON.stringify(frames)}`)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  const next = async <Op extends SessionServerFrame["op"]>(op: Op) => {
    const place = await until(() => {
      const at = frames.findIndex((frame) => frame.op === op)
      return at < 0 ? undefined : at
    })
    return frames.splice(place, 1)[0] as Extract<SessionServerFrame, { readonly op: Op }>
  }
  const say = (frame: object | string) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame))
  return {
    socket,
    frames,
    say,
    next,
    open: async () => {
      say({ op: "open" })
      return next("session")
    },
    resume: async (session: string) => {
      say({ op: "resume", session })
      return next("session")
    },
    /** Answers until there are so many. */
    answers: async (count: number): Promise<Array<SessionAnswer>> => {
      const all: Array<SessionAnswer> = []
      while (all.length < count) all.push(...(await next("answers")).items)
      return all
    },
    closed: async () => {
      while (closed === undefined) await new Promise<void>((resolve) => waiting.push(resolve))
      return closed
    },
    close: () => socket.close()
  }
}
export type Wire = Awaited<ReturnType<typeof openWire>>
