import type { Channel, LiveMessage } from "#services/contract/live.ts"
import type { LiveFeed } from "#services/gateway/feed.ts"
import { refused } from "#services/http/answer.ts"

/** A feed whose messages the test sends. `open` are the channels that somebody listens to now. */
export type FakeFeed = LiveFeed & {
  readonly open: () => ReadonlyArray<string>
  readonly asked: Array<{ readonly channel: string; readonly from: string | undefined }>
  readonly say: (channel: string, data: unknown, position?: string) => void
}

export const fakeFeed = (): FakeFeed => {
  const listeners = new Set<{ readonly channel: Channel; readonly onData: (message: LiveMessage) => void }>()
  const asked: FakeFeed["asked"] = []
  return {
    asked,
    open: () => [...listeners].map(({ channel }) => channel.name),
    say: (channel, data, position) => {
      const message = { channel, ...(position === undefined ? undefined : { position }), data } as LiveMessage
      for (const listener of listeners) if (listener.channel.name === channel) listener.onData(message)
    },
    subscribe: async (channel, from, onData) => {
      asked.push({ channel: channel.name, from })
      if (channel.id === "nobody") return refused(404, "UnknownAccount", "There is no account nobody")
      if (channel.id === "broken") throw new Error("the feed is broken")
      const listener = { channel, onData }
      listeners.add(listener)
      if (from === undefined) onData({ channel: channel.name, position: "0:1", data: [] })
      return () => void listeners.delete(listener)
    }
  }
}
