import type { OwnerId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { ForgottenBody, KnownBody, PersonBody, PutPerson } from "#services/contract/people.ts"
import { created, ok, refused, type Answer } from "#services/http/answer.ts"
import { type KnownPerson, NotYetGone, type People, PersonForgotten } from "#streams/ports/people.ts"

/** What the routes of people ask for. Refusals name the owner's id and nothing of the person. */
export type PeopleDesk = {
  readonly put: (owner: OwnerId, input: PutPerson) => Promise<Answer<KnownBody>>
  readonly one: (owner: OwnerId) => Promise<Answer<PersonBody>>
  readonly forget: (owner: OwnerId) => Promise<Answer<ForgottenBody>>
}

export const makePeopleDesk = (people: People, clock: () => Time): PeopleDesk => ({
  put: async (owner, person) => {
    const updatedAt = clock()
    try {
      const body = bodyOf({ kind: "known", owner, person, updatedAt }) as KnownBody
      return (await people.put(owner, person, updatedAt)) === "created" ? created(body) : ok(body)
    } catch (error) {
      if (error instanceof PersonForgotten) return refused(409, "PersonForgotten", error.message)
      throw error
    }
  },
  one: async (owner) => {
    const found = await people.find(owner)
    return found === undefined ? unknown(owner) : ok(bodyOf(found))
  },
  forget: async (owner) => {
    try {
      const forgottenAt = await people.forget(owner, clock())
      return forgottenAt === undefined ? unknown(owner) : ok({ owner, status: "forgotten", forgottenAt })
    } catch (error) {
      if (error instanceof NotYetGone) return refused(503, "NotYetGone", error.message)
      throw error
    }
  }
})

const unknown = (owner: OwnerId) => refused(404, "UnknownPerson", `nobody is known behind owner ${owner}`)

const bodyOf = (found: KnownPerson): PersonBody => {
  const { owner } = found
  if (found.kind === "forgotten") return { owner, status: "forgotten", forgottenAt: found.forgottenAt }
  return { owner, status: "known", ...found.person, updatedAt: found.updatedAt }
}
