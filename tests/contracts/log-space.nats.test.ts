import { randomUUID } from "node:crypto"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { expect, inject, it } from "vitest"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { logSpaceContract } from "./log-space.ts"

const url = inject("natsUrl")
const limited = async (mostBytes: number) => {
  const stream = `TEST_${randomUUID()}`
  const nc = await connect({ servers: url! })
  const jsm = await jetstreamManager(nc)
  const log = await openNatsLog({ url: url!, stream })
  await jsm.streams.update(stream, { max_bytes: mostBytes, compression: "none" })
  const discard = async () => {
    await jsm.streams.delete(stream)
    await nc.close()
  }
  return { log, jsm, stream, discard }
}

logSpaceContract("nats", limited, skipWithout(url, "nats is missing"))

it("is the server's where the stream has no limit of its own", skipWithout(url, "nats is missing"), async () => {
  const { log, discard } = await limited(-1)
  const rooms = await log.rooms()
  expect(rooms.map(({ limit }) => limit)).toContainEqual(expect.stringMatching(/^max_file_store of server/))
  for (const { freeBytes } of rooms) expect(freeBytes).toBeGreaterThan(0)
  await log.close()
  await discard()
})
