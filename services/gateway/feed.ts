import type { Channel, LiveMessage } from "#services/contract/live.ts"
import type { Refused } from "#services/http/answer.ts"

/**
 * Where `/ws` gets what it sends. Without `from` the first message is a snapshot; with it, what came after that
 * position, each with its own; nothing is left out or repeated at the seam. `onData` is called in order, never before
 * `subscribe` is called and never after the returned function is. Handing the same message object to all subscribers
 * of a channel lets it be encoded once.
 */
export type LiveFeed = {
  readonly subscribe: (
    channel: Channel,
    from: string | undefined,
    onData: (message: LiveMessage) => void
  ) => Promise<(() => void) | { readonly problem: Refused }>
}
