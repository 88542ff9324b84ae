import { Result } from "effect"
import { describe, expect, it } from "vitest"
import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import { stateBytes, stateOfBytes } from "#domain/account/state-bytes.ts"
import { UnreadableBytes } from "#domain/bytes/reader.ts"
import { chanceOf } from "#domain/kernel/chance.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { simulate } from "#services/simulation/run.ts"
import { same } from "#services/simulation/same.ts"
import { realDecider } from "#services/simulation/world.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"

const STEPS = 800
const decider = realDecider()

type Step = { readonly command: Command; readonly events: ReadonlyArray<Recorded<AccountEvent>> }
const storyOf = (seed: number, steps = STEPS): ReadonlyArray<Step> => {
  const story: Array<Step> = []
  const { broken } = simulate({
    seed,
    steps,
    auditEvery: steps,
    onTaken: (command, events) => void story.push({ command, events })
  })
  expect(broken).toBeUndefined()
  return story
}
/** As they are read from a log. */
const fold = (state: State, steps: ReadonlyArray<Step>): State => {
  let folded = state
  for (const { events } of steps)
    for (const event of events)
      folded = decider.evolve(folded, ledgerCodec.decode(JSON.parse(ledgerCodec.encode(event))))
  return folded
}
const equal = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
const decided = (command: Command, state: State): unknown =>
  Result.match(decider.decide(command, state), { onFailure: (why) => why, onSuccess: (facts) => facts })

const expectEqual = (a: State, b: State) => {
  expect(same(a, b)).toBe(true)
  expect(a.answered.recent.digest()).toBe(b.answered.recent.digest())
  expect(equal(stateBytes(a), stateBytes(b))).toBe(true)
}

describe("a state from its bytes", () => {
  it.each([11, 12, 13])("goes on as if it had been replayed, wherever it was cut (seed %i)", (seed) => {
    const story = storyOf(seed)
    const cuts = Array.from({ length: 3 }, (_, n) => chanceOf("cut", seed, n) % story.length)
    for (const cut of [...cuts, story.length]) {
      const whole = fold(decider.initial(), story.slice(0, cut))
      const bytes = stateBytes(whole)
      const restored = stateOfBytes(bytes)
      expectEqual(restored, whole)
      for (const { command, events } of story.slice(cut)) {
        expect(same(decided(command, restored), decided(command, whole))).toBe(true)
        fold(restored, [{ command, events }])
        fold(whole, [{ command, events }])
      }
      expectEqual(restored, whole)
    }
  })

  it("holds in common what was held in common", () => {
    const restored = stateOfBytes(stateBytes(fold(decider.initial(), storyOf(21))))
    for (const account of restored.accounts.values()) {
      expect(account.group).toBe(restored.groups.get(account.group.id))
      expect(account.scopes).toEqual([account.risk, account.group.risk, restored.firm])
      expect(account.scopes.every((scope, i) => scope === [account.risk, account.group.risk, restored.firm][i])).toBe(
        true
      )
      expect(restored.owners.get(account.owner)).toContain(account)
      for (const order of account.orders.values()) expect(restored.orders.at(order.number)).toBe(order)
    }
    for (const scope of restored.symbols.values()) expect(scope.symbols).toBe(restored.firm.symbols)
    for (const { instrument } of restored.orders.values())
      if (instrument.version === restored.instruments.get(instrument.symbol)?.version)
        expect(instrument).toBe(restored.instruments.get(instrument.symbol))
  })

  it("is the same whether events were decided here or read", () => {
    const story = storyOf(31, 600)
    let live = decider.initial()
    for (const { events } of story) for (const event of events) live = decider.evolve(live, event)
    expect(equal(stateBytes(live), stateBytes(fold(decider.initial(), story)))).toBe(true)
  })

  it("is refused where the bytes end too early or too late", () => {
    const bytes = stateBytes(fold(decider.initial(), storyOf(41, 200)))
    for (const length of [0, 1, 100, bytes.length - 1])
      expect(() => stateOfBytes(bytes.subarray(0, length))).toThrow(UnreadableBytes)
    expect(() => stateOfBytes(Buffer.concat([bytes, Buffer.alloc(3)]))).toThrow("3 bytes are left over")
  })
})
