import { timeOfMicros, type Time } from "#domain/kernel/time.ts"

const DRIFT_MS_MAX = 20

/** The machine's clock with the microseconds that Date.now() lacks; follows it when it is set. */
export const wallClock = (): (() => Time) => {
  let origin = performance.timeOrigin
  return () => {
    const wall = Date.now()
    if (Math.abs(origin + performance.now() - wall) > DRIFT_MS_MAX) origin = wall - performance.now()
    return timeOfMicros((origin + performance.now()) * 1000)
  }
}
