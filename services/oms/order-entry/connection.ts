import type { SessionServerFrame } from "#services/contract/order-entry.ts"
import { errorFrame, readFrame } from "./read-frame.ts"
import type { SessionId } from "#services/desk/session-id.ts"
import type { Listener, OrderSession } from "./session.ts"
import type { OrderSessions } from "./sessions.ts"

/** The line to one client. */
export type Line = {
  readonly send: (text: string) => void
  readonly close: (code: number, reason: string) => void
  /** stops and goes on reading from the client */
  readonly pause: () => void
  readonly resume: () => void
  /** bytes that were sent and have not left this process */
  readonly backlog: () => number
}
/** One client of `/session`. What it sends is answered and never thrown at. */
export type Connection = {
  readonly receive: (text: string) => void
  /** what waited has left this process */
  readonly drained: () => void
  readonly end: () => void
  readonly isPaused: () => boolean
}

/** Close code of a connection whose session goes on over another one. */
export const TAKEN_OVER = 4001
/** Of a client that does not take its answers, nothing more is read. */
const BACKLOG_BYTES_MAX = 1_048_576

/** Which connection a session has: the newest that asked for it. */
const owners = new WeakMap<OrderSession, { readonly lose: () => void }>()

/** Serves one client until `end` is called. `window` is how many numbers may be unanswered now. */
export const connect = (line: Line, sessions: OrderSessions, window: () => number): Connection => {
  let session: OrderSession | undefined
  let isResuming = false
  let isOver = false
  let isPaused = false
  /** what had been read already when reading was stopped: never more than one read of a socket */
  const inbox: Array<string> = []

  const send = (frame: SessionServerFrame) => {
    if (isOver) return
    line.send(JSON.stringify(frame))
    hold()
  }
  const isAhead = () => session !== undefined && session.unanswered > window()
  /** Reads only from a client that keeps to its window and takes its answers. */
  const hold = () => {
    if (isOver) return
    const isTooMuch = isAhead() || line.backlog() > BACKLOG_BYTES_MAX
    if (isTooMuch === isPaused) return
    isPaused = isTooMuch
    if (!isPaused) {
      line.resume()
      return takeInbox()
    }
    line.pause()
    if (isAhead()) line.send(JSON.stringify({ op: "paused", window: window(), unanswered: session!.unanswered }))
  }
  const takeInbox = () => {
    while (!isPaused && !isOver && inbox.length > 0) take(inbox.shift()!)
  }
  const listener: Listener = {
    answered: (items) => {
      if (isOver) return
      line.send(`{"op":"answers","window":${window()},"items":[${items}]}`)
      hold()
    }
  }
  const owner = {
    lose: () => {
      send(errorFrame("TakenOver", "the session goes on over another connection"))
      session = undefined
      end()
      line.close(TAKEN_OVER, "the session goes on over another connection")
    }
  }
  const begin = (begun: OrderSession) => {
    owners.get(begun)?.lose()
    owners.set(begun, owner)
    session = begun
    begun.attach(listener)
    send({ op: "session", session: begun.id, last: begun.high, window: window(), partition: sessions.partition })
  }
  const resume = async (id: SessionId) => {
    isResuming = true
    try {
      const found = await sessions.resume(id)
      if ("code" in found) send(errorFrame(found.code, found.detail, [{ field: "session", reason: found.detail }]))
      else if (isOver) {
        if (!found.isConnected) sessions.leave(found)
      } else begin(found)
    } catch (error) {
      send(errorFrame("NotTheWriter", `no session can be resumed here now: ${(error as Error).message}`))
    } finally {
      isResuming = false
    }
  }
  const end = () => {
    if (isOver) return
    isOver = true
    if (session === undefined || owners.get(session) !== owner) return
    owners.delete(session)
    session.attach(undefined)
    sessions.leave(session)
  }

  const take = (text: string): void => {
    const frame = readFrame(text)
    switch (frame.op) {
      case "orders":
        if (session === undefined)
          return send(errorFrame("NoSession", "open or resume a session first, and wait for its frame"))
        session.take(frame)
        return hold()
      case "open":
      case "resume":
        if (session !== undefined || isResuming)
          return send(errorFrame("SessionOpen", "this connection has its session: a second one needs another"))
        return frame.op === "open" ? begin(sessions.open()) : void resume(frame.session)
      case "ping":
        return send({ op: "pong" })
      case "error":
        return send(frame)
    }
  }

  return {
    end,
    drained: hold,
    isPaused: () => isPaused,
    receive: (text) => {
      if (isOver) return
      if (isPaused || inbox.length > 0) inbox.push(text)
      else take(text)
    }
  }
}
