import type { ObjectStore } from "#streams/ports/object-store.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { FORM, type FormCodec } from "./event-form.ts"
import { formOf } from "./read-events.ts"
import { formComparer, toldBy } from "./same-events.ts"
import type { Seal } from "./seal.ts"

/**
 * What is wrong with the second form of a sealed segment, whose originals are given: it is not what was sealed, or tells
 * other events than they do. Undefined where nothing is, where there is none, or where the originals cannot be read.
 */
export const formFault = async (
  store: ObjectStore,
  seal: Seal,
  commits: ReadonlyArray<StoredCommit>,
  codec: FormCodec<unknown>
): Promise<string | undefined> => {
  const payload = seal.payloads.find(({ name }) => name === FORM)
  if (payload === undefined) return undefined
  try {
    const form = await formOf(store, payload, (reason) => new Error(reason))
    const told = commits.map(({ no, id, hash, body }) => {
      const text = Buffer.from(body).toString("utf8")
      const json = (i: number) => JSON.stringify(eventsIn(text)[i])
      return { no, id, hash, events: toldBy(codec, eventsIn(text), json) }
    })
    const fault = formComparer(codec)(form, told, seal.firstEvent)
    return fault === undefined ? undefined : `${payload.object}: ${fault}`
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // no JSON: the judge of the originals names it
    return `${payload.object}: ${(error as Error).message}`
  }
}

const eventsIn = (body: string): ReadonlyArray<Record<string, unknown>> => {
  const { events } = JSON.parse(body) as { readonly events?: unknown }
  return Array.isArray(events) ? (events as ReadonlyArray<Record<string, unknown>>) : []
}
