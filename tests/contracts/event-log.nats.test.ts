import { randomUUID } from "node:crypto"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { inject } from "vitest"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { eventLogContract } from "./event-log.ts"

const url = inject("natsUrl")

eventLogContract(
  "nats",
  async () => {
    const stream = `TEST_${randomUUID()}`
    const discard = async () => {
      const nc = await connect({ servers: url! })
      await (await jetstreamManager(nc)).streams.delete(stream)
      await nc.close()
    }
    return { open: () => openNatsLog({ url: url!, stream }), discard }
  },
  skipWithout(url, "nats is missing")
)
