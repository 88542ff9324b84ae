// Groups between two partitions: what a courier would do, step by step.
import { expect } from "vitest"
import { packAnswers } from "#domain/account/carried-answers.ts"
import type { Request } from "#domain/account/commands.ts"
import type { MovedGroup } from "#domain/account/move-events.ts"
import { packGroup } from "#domain/account/pack-group.ts"
import { stateBytes, stateOfBytes } from "#domain/account/state-bytes.ts"
import type { GroupId } from "#domain/kernel/ids.ts"
import { checkState, Recount } from "#services/simulation/laws.ts"
import { same } from "#services/simulation/same.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { ETH } from "./entry-story.ts"
import { amount, BTC, dataOf, instrument, Story, type Outcome } from "./story.ts"

export const moveOut = (story: Story, toPartition = 1, group = "G"): Outcome =>
  story.send({ type: "MoveGroup", group: group as GroupId, toPartition }, { id: `move-${story.state.eventNo}` })

/** What is handed over of the group that is on its way: its answers, and itself. */
export const handedOver = (story: Story): ReadonlyArray<Request> => {
  const [[moveId, { group, transitNo, hash, content, heldOver }]] = [...story.state.transit.groups] as [
    [string, ReturnType<typeof groupOf>]
  ]
  const moved = JSON.parse(content) as MovedGroup
  const head = { moveId, group, fromPartition: story.state.partition, transitNo }
  const parts = packAnswers(
    story.state,
    moved.accounts.map(({ account }) => account)
  )
  const answers = parts.map((part, i) => ({ type: "ReceiveAnswers", ...head, part: i + 1, answers: part }) as const)
  return [
    ...answers,
    { type: "ReceiveGroup", ...head, parts: parts.length, hash, moved, heldOver: JSON.parse(heldOver) }
  ]
}
const groupOf = (story: Story) => [...story.state.transit.groups.values()][0]!

export const receive = (story: Story, handed: ReadonlyArray<Request>): Outcome => {
  let outcome: Outcome | undefined
  for (const [i, request] of handed.entries()) outcome = story.send(request, { id: `move:${i}` })
  return outcome!
}
export const settle = (story: Story, answered: Outcome): Outcome => {
  const [moveId] = [...story.state.transit.groups.keys()] as [string]
  const code = answered.code ?? (dataOf(answered, "GroupRefused")["code"] as string | undefined)
  const refused = code === undefined ? {} : { refused: { code, detail: "not there" } }
  return story.send({ type: "SettleGroup", moveId, ...refused }, { id: `move:${moveId}:end` })
}

/** A group's whole way from one partition to another. */
export const move = (from: Story, to: Story, group = "G"): void => {
  const out = moveOut(from, to.state.partition, group)
  if (out.kind !== "facts") throw new Error(`the group did not leave: ${out.code}`)
  const arrived = receive(to, handedOver(from))
  settle(from, arrived)
}

export const packed = (story: Story, group = "G"): string => {
  const found = story.state.groups.get(group as GroupId)!
  return JSON.stringify({ ...packGroup(story.state, found, 0), moves: 0 })
}

/** Partition 1 with the same instruments and nobody in it. */
export const empty = (partition = 1): Story => {
  const story = new Story({ partition })
  for (const symbol of [BTC, ETH]) story.send({ type: "AdoptInstrument", instrument: instrument(symbol) })
  return story
}
export const mark = (story: Story, price: string, symbol = BTC): void => {
  const request = { type: "RecordMark", symbol, price: amount(price), source: "mid", mdNo: 1, markedAt: story.now }
  story.send(request as never)
}
/** Balanced, and the same again from its events and from its bytes. */
export const audited = (...stories: ReadonlyArray<Story>): void => {
  for (const story of stories) {
    const recount = new Recount()
    for (const text of story.bytes) recount.book(ledgerCodec.decode(JSON.parse(text)))
    checkState(story.state, recount)
    expect(same(story.restarted().state, story.state)).toBe(true)
    expect(same(stateOfBytes(stateBytes(story.state)), story.state)).toBe(true)
  }
}
