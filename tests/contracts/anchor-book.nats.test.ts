import { randomUUID } from "node:crypto"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { inject } from "vitest"
import { openNatsAnchors } from "#infra/nats/anchor-stream.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { anchorBookContract } from "./anchor-book.ts"

const given = inject("natsUrl")
/** The administrator, who may make a stream of any name. */
const url = given && `nats://${new URL(given).host}`

anchorBookContract(
  "nats",
  async () => {
    const stream = `TEST_${randomUUID()}`
    const discard = async () => {
      const nc = await connect({ servers: url! })
      await (await jetstreamManager(nc)).streams.delete(stream)
      await nc.close()
    }
    return { open: () => openNatsAnchors({ url: url!, name: "test-anchors", stream }), discard }
  },
  skipWithout(url, "nats is missing")
)
