import { setTimeout as sleep } from "node:timers/promises"
import type { Submission } from "./account-writer.ts"
import { type CommandReply, decodeReply, encodeCommand } from "./command-codec.ts"
import { type CommandPort, NotServed, OutcomeUnknown } from "./ports/command-port.ts"

export type CommandClientOptions = {
  readonly port: CommandPort
  /** how long a command is offered before its caller is told that nobody takes it: 15 s, as long as an election may take */
  readonly patienceMs?: number
  /** how long one try waits for its answer at first; a writer that is stalled does not keep its callers for longer */
  readonly tryMs?: number
}

export type CommandClient = {
  /**
   * The writer's answer, whoever that is. Sent again under the same id while nobody serves the partition, while the one
   * who does cannot write, and when no answer comes: a command that was recorded is then answered as a repeat.
   * Whoever has moved to another partition is followed there.
   * Fails with NotServed when it surely was not recorded, with OutcomeUnknown when it may have been.
   */
  readonly submit: (partition: number, command: Submission) => Promise<CommandReply>
}

const LONGEST_TRY_MS = 4_000
const PAUSE_MS = 20
const LONGEST_PAUSE_MS = 100

/** Commands for callers elsewhere: finds a partition's new writer when the old one is gone, stalled or handed over. */
export const commandClient = ({ port, patienceMs = 15_000, tryMs = 500 }: CommandClientOptions): CommandClient => ({
  submit: async (partition, command) => {
    const payload = encodeCommand(command)
    let at = partition
    const end = performance.now() + patienceMs
    let mayBeDone = false
    let pauseMs = PAUSE_MS
    for (let timeoutMs = tryMs; ;) {
      const left = end - performance.now()
      let last: CommandReply | Error
      try {
        const reply = decodeReply(
          await port.request(at, "submit", payload, { timeoutMs: Math.max(Math.min(timeoutMs, left), 1) })
        )
        if (reply.kind === "moved") {
          at = reply.partition
          if (performance.now() < end) continue
        }
        if (reply.kind !== "unavailable") return reply
        last = reply
      } catch (error) {
        if (!(error instanceof NotServed) && !(error instanceof OutcomeUnknown)) throw error
        if (error instanceof OutcomeUnknown) {
          mayBeDone = true
          timeoutMs = Math.min(timeoutMs * 2, LONGEST_TRY_MS)
        }
        last = error
      }
      if (performance.now() + pauseMs >= end) return outOfPatience(last, mayBeDone, at)
      await sleep(pauseMs)
      pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)
    }
  }
})

const outOfPatience = (last: CommandReply | Error, mayBeDone: boolean, partition: number): CommandReply => {
  if (!mayBeDone && !(last instanceof Error)) return last
  if (mayBeDone) {
    throw new OutcomeUnknown(`no answer from a writer of partition ${partition}: send the command again under its id`)
  }
  throw last as Error
}
