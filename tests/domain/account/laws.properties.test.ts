// What must hold of any story: told by the simulation's generator, whose commands and reports meet each other all the time.
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Command } from "#domain/account/commands.ts"
import { accountDecider } from "#domain/account/decider.ts"
import type { State } from "#domain/account/state.ts"
import { Generator } from "#services/simulation/generate.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { stateText } from "./state-text.ts"
import { recorded } from "./story.ts"

const decider = accountDecider(0)

type Told = { readonly commands: ReadonlyArray<Command>; readonly bytes: ReadonlyArray<string>; readonly state: State }
type Look = (before: string, command: Command, state: State) => void

/** Tells a story from a seed; `look` sees each command with the state that it is decided on, and that state's text. */
const tell = (seed: number, steps: number, look?: Look): Told => {
  const generator = new Generator(seed)
  const commands: Array<Command> = []
  const bytes: Array<string> = []
  let state = decider.initial()
  for (let i = 0; i < steps; i++) {
    const command = generator.next(state)
    commands.push(command)
    look?.(stateText(state), command, state)
    const decision = decider.decide(command, state)
    for (const fact of Result.isSuccess(decision) ? decision.success : []) {
      const event = recorded(fact, command, state.eventNo + 1)
      bytes.push(ledgerCodec.encode(event))
      state = decider.evolve(state, event)
    }
  }
  return { commands, bytes, state }
}
const replay = (bytes: ReadonlyArray<string>, state: State = decider.initial()): State =>
  bytes.reduce((folded, text) => decider.evolve(folded, ledgerCodec.decode(JSON.parse(text))), state)

const seed = fc.nat(2 ** 31)

describe("the account decider", () => {
  it("changes nothing by deciding, and decides the same again", () => {
    fc.assert(
      fc.property(seed, (of) => {
        tell(of, 120, (before, command, state) => {
          const given = structuredClone(command)
          const [once, again] = [decider.decide(command, state), decider.decide(command, state)]
          expect(again).toEqual(once)
          expect(stateText(state)).toBe(before)
          expect(command).toEqual(given)
        })
      }),
      { numRuns: 6 }
    )
  })

  it("has the same state after a restart at any event, and goes on as if there had been none", () => {
    fc.assert(
      fc.property(seed, fc.double({ min: 0, max: 1, noNaN: true }), (of, part) => {
        const { bytes, state } = tell(of, 400)
        const cut = Math.floor(part * bytes.length)
        const restarted = replay(bytes.slice(0, cut))
        expect(restarted.eventNo).toBe(cut)
        expect(stateText(restarted)).toBe(stateText(replay(bytes.slice(0, cut))))
        expect(stateText(replay(bytes.slice(cut), restarted))).toBe(stateText(state))
      }),
      { numRuns: 25 }
    )
  })

  it("is not changed by commands that come twice", () => {
    fc.assert(
      fc.property(seed, fc.nat(), (of, pick) => {
        const { commands, state } = tell(of, 250)
        let twice = decider.initial()
        const send = (command: Command): number => {
          const decision = decider.decide(command, twice)
          const facts = Result.isSuccess(decision) ? decision.success : []
          for (const fact of facts) twice = decider.evolve(twice, recorded(fact, command, twice.eventNo + 1))
          return facts.length
        }
        const answered: Array<Command> = []
        for (const [i, command] of commands.entries()) {
          const facts = send(command)
          // what is due in a group is asked, not commanded: asked again it may find that more is due by now
          if ("account" in command.request && command.request.type !== "WorkGroup" && facts > 0) answered.push(command)
          if (answered.length === 0) continue
          expect(send({ ...answered.at(-1)!, seen: {} })).toBe(0)
          expect(send(answered[(pick + i * 7) % answered.length]!)).toBe(0) // long ago: it might do something else by now
        }
        expect(stateText(twice)).toBe(stateText(state))
      }),
      { numRuns: 15 }
    )
  })

  it("gives orders numbers that are those of the events that placed them", () => {
    fc.assert(
      fc.property(seed, (of) => {
        for (const text of tell(of, 200).bytes) {
          const event = JSON.parse(text)
          if (event.type === "OrderPlaced") expect(event.data.orderId).toBe(`0-${event.eventNo}`)
        }
      }),
      { numRuns: 10 }
    )
  })
})
