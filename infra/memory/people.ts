import type { OwnerId } from "#domain/kernel/ids.ts"
import { forgottenText, type KnownPerson, type People, PersonForgotten } from "#streams/ports/people.ts"

/** People for as long as the process lives. */
export const memoryPeople = (): People => {
  const known = new Map<OwnerId, KnownPerson>()
  return {
    name: "memory",
    find: async (owner) => known.get(owner),
    put: async (owner, person, updatedAt) => {
      const before = known.get(owner)
      if (before?.kind === "forgotten") throw new PersonForgotten(forgottenText(owner, before.forgottenAt))
      known.set(owner, { kind: "known", owner, person: { ...person }, updatedAt })
      return before === undefined ? "created" : "replaced"
    },
    forget: async (owner, at) => {
      const before = known.get(owner)
      if (before === undefined) return undefined
      if (before.kind === "forgotten") return before.forgottenAt
      known.set(owner, { kind: "forgotten", owner, forgottenAt: at })
      return at
    },
    close: async () => undefined
  }
}
