import { type ChainHead, EMPTY_CHAIN } from "#streams/commit.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import { chainOf } from "#tests/contracts/commits.ts"

/** Appends one commit after the other until it is told to stop; gives back what was acknowledged. */
export const appending = (
  log: EventLog,
  { partition = 0, between = () => {} }: { partition?: number; between?: (no: number) => Promise<void> | void } = {}
) => {
  const acknowledged: Array<StoredCommit> = []
  let on = true
  const run = async () => {
    let head: ChainHead = EMPTY_CHAIN
    while (on) {
      const [commit] = chainOf([head.no % 9], { partition, head, note: "x".repeat(300) })
      await between(commit!.no)
      await log.append(commit!)
      acknowledged.push(commit!)
      head = commit!
    }
    return acknowledged
  }
  const running = run()
  running.catch(() => undefined) // seen by whoever calls stop
  const stop = () => {
    on = false
    return running
  }
  return { acknowledged, stop }
}
