import type { Channel, LiveMessage, ServerFrame } from "#services/contract/live.ts"
import { refused } from "#services/http/answer.ts"
import { cancelOnDisconnect, type CancelOnDisconnect } from "./cancel-on-disconnect.ts"
import type { LiveFeed } from "./feed.ts"
import { errorFrame, readFrame } from "./frames.ts"

/** The line to one client. `backlog` is in bytes: what was sent and has not left this process. */
export type Line = {
  readonly send: (text: string) => void
  readonly backlog: () => number
  readonly close: (code: number, reason: string) => void
}

/** One client of `/ws`. */
export type Session = { readonly receive: (text: string) => void; readonly end: () => void }

/** From here on only the newest quote and P&L of each channel is kept for the client. */
export const LAZY_BACKLOG_BYTES = 256 * 1024
/** A client that is this far behind is let go: it comes back with `from`. */
export const BACKLOG_BYTES_MAX = 4 * 1024 * 1024
/** WebSocket close code of a client that reads too slowly. */
export const TOO_SLOW = 4008
const CHANNELS_MAX = 200
const RETRY_MS = 100
const NO_CANCELS: CancelOnDisconnect = {
  knows: async () => false,
  cancelAll: () => {}
}
const BROKEN = refused(503, "FeedBroken", "This channel cannot be served now")

/** Serves one client from `feed` until `end` is called; whatever it sends, it is answered in order and never thrown at. */
export const openSession = (feed: LiveFeed, line: Line, cancels: CancelOnDisconnect = NO_CANCELS): Session => {
  const subscriptions = new Map<string, { stop: (() => void) | undefined }>()
  const latest = new Map<string, LiveMessage>()
  let retry: NodeJS.Timeout | undefined = undefined
  let ended = false

  const end = () => {
    if (ended) return
    ended = true
    clearTimeout(retry)
    for (const subscription of subscriptions.values()) subscription.stop?.()
    subscriptions.clear()
    covered.end()
  }
  const sendText = (text: string) => {
    if (ended) return
    if (line.backlog() > BACKLOG_BYTES_MAX) {
      end()
      line.close(TOO_SLOW, "too slow: come back with from")
    } else line.send(text)
  }
  const answer = (frame: ServerFrame) => sendText(JSON.stringify(frame))
  const covered = cancelOnDisconnect(cancels, answer)

  const deliver = (channel: Channel, message: LiveMessage) => {
    const isLazy = channel.kind === "quotes" || channel.kind === "pnl"
    if (!isLazy || (line.backlog() <= LAZY_BACKLOG_BYTES && !latest.has(channel.name)))
      return sendText(encoded(message))
    latest.set(channel.name, message)
    retry ??= setTimeout(catchUp, RETRY_MS)
  }
  const catchUp = () => {
    retry = undefined
    for (const [name, message] of latest) {
      if (line.backlog() > LAZY_BACKLOG_BYTES) {
        retry = setTimeout(catchUp, RETRY_MS)
        return
      }
      latest.delete(name)
      sendText(encoded(message))
    }
  }

  const unsubscribe = (channel: Channel) => {
    subscriptions.get(channel.name)?.stop?.()
    subscriptions.delete(channel.name)
    latest.delete(channel.name)
  }
  const subscribe = async (channel: Channel, from: string | undefined) => {
    unsubscribe(channel)
    if (subscriptions.size >= CHANNELS_MAX)
      return answer(errorFrame("TooManyChannels", `At most ${CHANNELS_MAX} channels of one connection`, channel.name))
    const subscription: { stop: (() => void) | undefined } = { stop: undefined }
    subscriptions.set(channel.name, subscription)
    // the client may have left, or asked again, while the feed was opening
    const isCurrent = () => subscriptions.get(channel.name) === subscription
    const opened = await feed
      .subscribe(channel, from, (message) => {
        if (isCurrent()) deliver(channel, message)
      })
      .catch(() => BROKEN)
    if (typeof opened === "function") {
      if (isCurrent()) subscription.stop = opened
      else opened()
    } else if (isCurrent()) {
      unsubscribe(channel)
      answer(errorFrame(opened.problem.code, opened.problem.detail, channel.name))
    }
  }

  return {
    end,
    receive: (text) => {
      const frame = readFrame(text)
      switch (frame.op) {
        case "bad":
          return answer(frame.answer)
        case "ping":
          return answer({ op: "pong" })
        case "cancelOnDisconnect":
          return void covered.set(frame.account, frame.on)
        case "unsubscribe":
          return frame.channels.forEach(unsubscribe)
        case "subscribe":
          for (const channel of frame.channels) void subscribe(channel, frame.from)
      }
    }
  }
}

const texts = new WeakMap<LiveMessage, string>()
/** A message that goes to many clients is encoded once. */
const encoded = (message: LiveMessage): string => {
  let text = texts.get(message)
  if (text === undefined) texts.set(message, (text = JSON.stringify(message)))
  return text
}
