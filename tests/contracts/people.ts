// What every store of people must do, whatever keeps it.
import { afterEach, describe, expect, it } from "vitest"
import type { OwnerId } from "#domain/kernel/ids.ts"
import { timeOfText } from "#domain/kernel/time.ts"
import { type People, type Person, PersonForgotten } from "#streams/ports/people.ts"

/** One store, empty at first; `open` gives it again as another process would have it after the first one ended. */
export type PeopleStore = { readonly open: () => Promise<People>; readonly discard: () => Promise<void> }

const owner = (id: string) => id as OwnerId
const MONDAY = timeOfText("2026-03-02T10:00:00.25Z")!
const TUESDAY = timeOfText("2026-03-03T10:00:00Z")!
const FRIDAY = timeOfText("2026-03-06T10:00:00Z")!
const ADA: Person = {
  name: 'Ada "The Countess" Żółć\n🜁',
  email: "ada@people.example",
  phone: "+44 20 5550100",
  address: "12 St James's Sq."
}
const BOB: Person = { name: "Bob" }

export const peopleContract = (name: string, makeStore: () => Promise<PeopleStore>): void =>
  void describe(`people: ${name}`, () => {
    const cleanups: Array<() => Promise<void>> = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const fresh = async () => {
      const store = await makeStore()
      cleanups.push(store.discard)
      let people = await store.open()
      cleanups.push(() => people.close())
      const reopened = async () => {
        await people.close()
        return (people = await store.open())
      }
      return { people, reopened }
    }

    it("knows nobody at first", async () => {
      const { people } = await fresh()
      expect(await people.find(owner("o-1"))).toBeUndefined()
      expect(await people.forget(owner("o-1"), MONDAY)).toBeUndefined()
      expect(await people.find(owner("o-1"))).toBeUndefined()
    })

    it("gives back what was put, also after it was opened again", async () => {
      const { people, reopened } = await fresh()
      expect(await people.put(owner("o-1"), ADA, MONDAY)).toBe("created")
      expect(await people.put(owner("o-2"), BOB, TUESDAY)).toBe("created")
      for (const store of [people, await reopened()]) {
        if (store === people) continue
        expect(await store.find(owner("o-1"))).toEqual({ kind: "known", owner: "o-1", person: ADA, updatedAt: MONDAY })
        expect(await store.find(owner("o-2"))).toEqual({ kind: "known", owner: "o-2", person: BOB, updatedAt: TUESDAY })
        expect(await store.find(owner("O-1"))).toBeUndefined()
      }
    })

    it("replaces all of what it knew", async () => {
      const { people } = await fresh()
      await people.put(owner("o-1"), ADA, MONDAY)
      expect(await people.put(owner("o-1"), BOB, TUESDAY)).toBe("replaced")
      expect(await people.find(owner("o-1"))).toEqual({ kind: "known", owner: "o-1", person: BOB, updatedAt: TUESDAY })
    })

    it("forgets one and keeps the moment, and the others", async () => {
      const { people, reopened } = await fresh()
      await people.put(owner("o-1"), ADA, MONDAY)
      await people.put(owner("o-2"), BOB, MONDAY)
      expect(await people.forget(owner("o-1"), TUESDAY)).toBe(TUESDAY)
      const gone = { kind: "forgotten", owner: "o-1", forgottenAt: TUESDAY }
      expect(await people.find(owner("o-1"))).toEqual(gone)
      expect(await people.find(owner("o-2"))).toMatchObject({ person: BOB })
      const again = await reopened()
      expect(await again.find(owner("o-1"))).toEqual(gone)
      expect(await again.forget(owner("o-1"), FRIDAY), "the first moment counts").toBe(TUESDAY)
      expect(await again.find(owner("o-1"))).toEqual(gone)
      expect(await again.find(owner("o-2"))).toMatchObject({ person: BOB })
    })

    it("does not take again whom it has forgotten, and says nothing of the person when it refuses", async () => {
      const { people } = await fresh()
      await people.put(owner("o-1"), ADA, MONDAY)
      await people.forget(owner("o-1"), TUESDAY)
      const refusal = people.put(owner("o-1"), ADA, FRIDAY)
      await expect(refusal).rejects.toBeInstanceOf(PersonForgotten)
      await expect(refusal).rejects.toThrow(
        "o-1 was forgotten on 2026-03-03 and stays so: open accounts under another owner"
      )
      expect(await people.find(owner("o-1"))).toMatchObject({ kind: "forgotten" })
    })
  })
