import { describe, expect, it } from "vitest"
import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import { AccountDirectory, placedBy } from "#streams/account-directory.ts"
import { readChecked } from "#streams/chain.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { empty, handedOver, move, moveOut, receive, settle } from "#tests/domain/account/moving.ts"
import { Story } from "#tests/domain/account/story.ts"
import { logOf } from "./story-log.ts"

const [A, C] = ["A", "C"] as ReadonlyArray<string> as [AccountId, AccountId]
const G = "G" as GroupId

/** Each partition's story as its log has it, read in the order given. */
const directoryOf = async (...stories: ReadonlyArray<Story>): Promise<AccountDirectory> => {
  const log = await logOf(...stories)
  const directory = new AccountDirectory(log)
  for (const { state } of stories) {
    for await (const batch of readChecked(log, state.partition))
      for (const commit of batch) directory.note(state.partition, commit)
  }
  return directory
}

describe("where an account is", () => {
  it("is where its group has moved to last, whichever partition is read first", async () => {
    const [zero, one, two] = [Story.begun(), empty(1), empty(2)]
    move(zero, one)
    move(one, two)
    for (const order of [
      [zero, one, two],
      [two, one, zero],
      [one, two, zero]
    ]) {
      const directory = await directoryOf(...order)
      expect([directory.partitionOf(A), directory.partitionOf(C), directory.partitionOfGroup(G)]).toEqual([2, 0, 2])
    }
    move(two, zero)
    const home = await directoryOf(zero, two, one)
    expect([home.partitionOf(A), home.partitionOfGroup(G)]).toEqual([0, 0])
  })

  it("is where it was while its group is on its way, and when that has come back", async () => {
    const [zero, one] = [Story.begun(), new Story({ partition: 1 })]
    one.openAccount("Q", "G") // there is such a group already
    moveOut(zero)
    expect((await directoryOf(zero)).partitionOf(A)).toBe(0)
    settle(zero, receive(one, handedOver(zero)))
    expect((await directoryOf(zero)).partitionOf(A)).toBe(0)
    expect(placedBy(ledgerCodec.decode(JSON.parse(zero.bytes.at(-1)!))).map(({ moves }) => moves)).toEqual([1, 1])
  })
})
