import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import type { GroupId } from "#domain/kernel/ids.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { sender } from "#services/desk/send.ts"
import { groupMover } from "#services/risk/move-group.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { MORNING } from "#tests/domain/account/story.ts"

const META = { actor: "test", requestId: "r" }
const wanted = { group: "G" as GroupId, toPartition: 1 }

const begun = async () => {
  const clock = () => MORNING
  const log = memoryLog()
  const writer = await openAccountWriter({ log, partition: 0, clock, writerId: "w", seen: () => undefined })
  const send = sender(writer, log, clock)
  const run = (request: object) => send(request as Request, undefined, META)
  await run({ type: "OpenAccount", account: "A", owner: "o", group: "G", accountType: "cash", currency: "USDT" })
  const left = async () => {
    await expect.poll(() => writer.look(({ transit }) => transit.groups.size)).toBe(1)
    return writer.look(({ transit }) => [...transit.groups][0]!)
  }
  return { move: groupMover(writer, send, log), run, left }
}

describe("POST /risk/moves", () => {
  it("waits for the other partition, and says the same to who asks meanwhile", async () => {
    const { move, run, left } = await begun()
    const asked = move(wanted, META)
    const [moveId, { hash }] = await left()
    const again = move(wanted, META)
    await expect(move({ ...wanted, toPartition: 2 }, META)).resolves.toMatchObject({
      problem: { status: 422, code: "UnknownGroup" }
    })
    await run({ type: "SettleGroup", moveId })
    const body = { group: "G", toPartition: 1, status: "arrived", moveId, hash }
    expect(await Promise.all([asked, again])).toMatchObject([{ body }, { body }])
    expect(await move(wanted, META)).toMatchObject({ body: { status: "arrived" } })
  })

  it("says why the group has come back", async () => {
    const { move, run, left } = await begun()
    const asked = move(wanted, META)
    const [moveId] = await left()
    const again = move(wanted, META) // comes to look when it is over
    await run({ type: "SettleGroup", moveId, refused: { code: "GroupExists", detail: "there is one" } })
    const body = { status: "returned", moveId, code: "GroupExists", detail: "there is one" }
    expect(await Promise.all([asked, again])).toMatchObject([{ body }, { body: { status: "returned" } }])
  })

  it("is there already, and refused for a group that nobody knows", async () => {
    const { move } = await begun()
    expect(await move({ ...wanted, toPartition: 0 }, META)).toMatchObject({ body: { status: "arrived" } })
    expect(await move({ ...wanted, group: "H" as GroupId }, META)).toMatchObject({ problem: { code: "UnknownGroup" } })
  })
})
