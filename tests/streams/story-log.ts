import { memoryLog } from "#infra/memory/event-log.ts"
import { EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { Story } from "#tests/domain/account/story.ts"

/** A log in which each partition has what happened in its story, all of it in one commit. */
export const logOf = async (...stories: ReadonlyArray<Story>): Promise<EventLog> => {
  const log = memoryLog()
  for (const { state, bytes } of stories) {
    const opened = sealCommit(EMPTY_CHAIN, state.partition, 1, "test", [])
    await log.append(opened)
    await log.append(sealCommit(opened, state.partition, 1, "test", bytes))
  }
  return log
}
