import { setTimeout as wait } from "node:timers/promises"

/** A timer of Node holds at most this; longer waits are cut into several. */
const MILLIS_MAX = 2 ** 31 - 1

/** Waits up to `millis`; false as soon as `signal` aborts. */
export const pause = async (millis: number, signal: AbortSignal): Promise<boolean> => {
  if (signal.aborted) return false
  try {
    await wait(Math.min(Math.max(millis, 0), MILLIS_MAX), undefined, { signal })
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
