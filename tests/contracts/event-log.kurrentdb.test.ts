import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { skipWithout } from "#tests/support/skip-without.ts"
import { eventLogContract } from "./event-log.ts"

const url = inject("kurrentUrl")

eventLogContract(
  "kurrentdb",
  async () => {
    const { openKurrentLog } = await import("#infra/kurrentdb/event-log.ts")
    const prefix = `test_${randomUUID()}` // streams of a name that nobody uses again; an empty one costs nothing
    return { open: () => openKurrentLog({ url: url!, prefix }), discard: async () => undefined }
  },
  skipWithout(url, "kurrentdb is missing")
)
