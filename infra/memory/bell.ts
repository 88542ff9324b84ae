/** Wakes whoever waits for something new. */
export type Bell = {
  readonly ring: () => void
  /** How often it rang: read it before looking, so that a ring between looking and waiting is not missed. */
  readonly rings: () => number
  /** Calls `listener` at each ring until the returned function is called. */
  readonly onRing: (listener: () => void) => () => void
  /** Until it rings again after the `seen`th ring, `signal` aborts or, where one is given, the time is over. */
  readonly wait: (seen: number, signal: AbortSignal, timeoutMs?: number) => Promise<void>
}

export const makeBell = (): Bell => {
  let count = 0
  const listeners = new Set<() => void>()
  return {
    ring: () => {
      count++
      for (const listener of listeners) listener()
    },
    rings: () => count,
    onRing: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    wait: (seen, signal, timeoutMs) => {
      if (count !== seen || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          listeners.delete(wake)
          signal.removeEventListener("abort", wake)
          clearTimeout(timer)
          resolve()
        }
        const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs)
        listeners.add(wake)
        signal.addEventListener("abort", wake)
      })
    }
  }
}
