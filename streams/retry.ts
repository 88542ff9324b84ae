import { setTimeout as sleep } from "node:timers/promises"

/** Tries again, after pauses that grow to five seconds, until it succeeds, `tries` are used up, or `signal` aborts. */
export const makeRetry =
  (options: {
    readonly signal: AbortSignal
    readonly tries: number
    readonly onFailure: (error: Error) => void
    readonly onSuccess: () => void
  }) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried++) {
      try {
        const result = await work()
        options.onSuccess()
        return result
      } catch (error) {
        if (options.signal.aborted || tried >= options.tries) throw error
        options.onFailure(error as Error)
      }
      await sleep(Math.min(100 * 2 ** (tried - 1), 5_000), undefined, { signal: options.signal }).catch(() => undefined)
    }
  }
