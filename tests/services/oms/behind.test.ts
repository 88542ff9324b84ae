import { describe, expect, it } from "vitest"
import type { OrderId } from "#domain/kernel/ids.ts"
import { makeDesk } from "#services/oms/desk.ts"
import { wallClock } from "#services/platform/clock.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { META, NO_HISTORY, paperPlatform } from "#tests/services/risk/paper-platform.ts"

/** Oms whose stored view does not come up to the ledger, as when it is started again after much trading. */
const begun = async () => {
  const platform = await paperPlatform()
  const { writer, orders: live } = platform.engine
  const history = { ...NO_HISTORY, waitFor: async () => false }
  const oms = makeDesk({ writer, log: memoryLog(), live, history, clock: wallClock() })
  return { oms, [Symbol.asyncDispose]: platform.close }
}
const NOT_REACHED = { problem: { status: 503, code: "NotReached", retryAfterSeconds: 1 } }

describe("while the stored view is behind", () => {
  it("the list of all orders is refused: a short one would say that the rest is not there", async () => {
    await using story = await begun()
    expect(await story.oms.orders({}, META)).toMatchObject(NOT_REACHED)
    expect(await story.oms.orders({ status: "open" }, META)).toMatchObject({ body: { items: [] } })
  })

  it("an order that is not in memory is not called unknown", async () => {
    await using story = await begun()
    expect(await story.oms.order("0-1" as OrderId, {}, META)).toMatchObject(NOT_REACHED)
    expect(await story.oms.cancel("0-1" as OrderId, {}, META)).toMatchObject(NOT_REACHED)
  })
})
