import type { StorePosition } from "#streams/ports/row-store.ts"
import type { Projector } from "#streams/project.ts"

/** Stops what writes to the store, and gives back what lets it begin anew, by what the store says then. */
export type Pause = () => Promise<() => void>

/** A projector that can be paused while its store is changed under it; who asks it meanwhile hears that it has not come so far. */
export const restartable = (
  begin: (signal: AbortSignal) => Projector,
  signal: AbortSignal
): Projector & { readonly pause: Pause } => {
  const { promise: ended, resolve, reject } = Promise.withResolvers<StorePosition>()
  let stop = new AbortController()
  let current: Projector
  const start = (): void => {
    const own = new AbortController()
    stop = own
    current = begin(AbortSignal.any([signal, own.signal]))
    current.ended.then(
      (end) => {
        if (!own.signal.aborted || signal.aborted) resolve(end)
      },
      (error: unknown) => reject(error)
    )
  }
  start()
  return {
    position: () => current.position(),
    status: () => current.status(),
    waitFor: (eventNo, timeoutMs) => current.waitFor(eventNo, timeoutMs),
    ended,
    pause: async () => {
      stop.abort()
      await current.ended.catch(() => undefined)
      return start
    }
  }
}
