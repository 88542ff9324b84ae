import type { AccountEvent } from "#domain/account/events.ts"
import type { AccountWriter, Submission } from "./account-writer.ts"
import type { Answer } from "./writer.ts"

/** What a request of many was answered with, or why it is not known. */
export type Told = Answer<AccountEvent> | { readonly kind: "failed"; readonly error: Error }

/**
 * Hands requests over in their order, all of them in this turn. `onAnswers` is called for runs of them that are settled
 * together (durable, where something was recorded): `first` is the place of the first in `requests`, and the runs come
 * in order without a gap. It must not throw.
 */
export type SubmitMany = (
  requests: ReadonlyArray<Submission>,
  onAnswers: (first: number, told: ReadonlyArray<Told>) => void
) => void

/** Many requests through a writer that takes them one by one: those that are settled in one turn are told in one call. */
export const submitManyTo =
  (writer: Pick<AccountWriter, "submit">): SubmitMany =>
  (requests, onAnswers) => {
    const settled: Array<Told | undefined> = Array.from({ length: requests.length })
    let next = 0
    let isTelling = false
    const tell = () => {
      isTelling = false
      const first = next
      const told: Array<Told> = []
      for (let one = settled[next]; one !== undefined; one = settled[++next]) told.push(one)
      if (told.length > 0) onAnswers(first, told)
    }
    const settle = (place: number, told: Told) => {
      settled[place] = told
      if (isTelling) return
      isTelling = true
      queueMicrotask(tell)
    }
    for (const [place, request] of requests.entries()) {
      writer.submit(request).then(
        (answer) => settle(place, answer),
        (error: Error) => settle(place, { kind: "failed", error })
      )
    }
  }
