import { setTimeout as sleep } from "node:timers/promises"
import type { Lease, Leases } from "./leases.ts"
import { LeaseUnavailable } from "./ports/lease.ts"

/** A partition being written. */
export type Served = {
  /** resolves when its writer had to step down, with the reason */
  readonly ended: Promise<Error>
  /** Takes no more, answers what it took, and ends. */
  readonly stop: () => Promise<void>
}
/** A partition that somebody else writes, followed so that it can be taken over in a moment. */
export type Waiting = {
  /** resolves when it has caught up */
  readonly ready: Promise<void>
  /** rejects when it cannot follow */
  readonly failed: Promise<never>
  /** Begins to write: the lease is held. */
  readonly serve: (lease: Lease) => Promise<Served>
  /** Ends following, unless it serves. */
  readonly close: () => Promise<void>
}

export type HoldOptions = {
  readonly leases: Leases
  readonly partition: number
  readonly wait: () => Waiting
  /** Whether an error is not cured by trying again: a ledger that is damaged, for example. */
  readonly isFinal: (error: Error) => boolean
  /** how long between two looks at a lease that somebody else has */
  readonly lookEveryMs?: () => number
}

export type Holding = {
  /** for people: what it does, and why it does not serve */
  readonly status: () => { readonly serves: boolean; readonly detail: string }
  /** Stops serving without refusing what was taken, and gives the lease back, at best to the process of that name. */
  readonly handOver: (next?: string) => Promise<void>
  /** As `handOver`, for good. */
  readonly stop: (next?: string) => Promise<void>
  /** rejects with an error that is final */
  readonly failed: Promise<never>
}

const LOOK_EVERY_MS = 50
const AFTER_FAILURE_MS = 500
/** A lease is renewed so many times while it lives: some may be lost. */
const RENEWALS = 4

/**
 * Tries for a partition's lease, serves while it has it, steps down when it is lost or the writer ends, and tries again.
 * The lease says who tries; the writer's own commits, which the log accepts or fences, say who may.
 */
export const holdPartition = (options: HoldOptions): Holding => {
  const { leases, partition, wait, isFinal, lookEveryMs = () => LOOK_EVERY_MS } = options
  let detail = "starting"
  let serves = false
  let stopping = false
  /** asks the one that serves to hand over */
  let giveUp: ((next: string | undefined) => void) | undefined
  let stepped = Promise.resolve()
  const ending = new AbortController()

  const pause = (ms: number) => sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined)

  const takeLease = async (failed: Promise<never>): Promise<Lease | undefined> => {
    while (!stopping) {
      try {
        const outcome = await Promise.race([leases.take(partition), failed])
        if ("renew" in outcome) return outcome
        detail = `written by ${outcome.holder}`
      } catch (error) {
        if (!(error instanceof LeaseUnavailable)) throw error
        detail = error.message
      }
      await Promise.race([pause(lookEveryMs()), failed])
    }
    return undefined
  }

  const serve = async (waiting: Waiting, lease: Lease): Promise<void> => {
    const keeping = keepLease(lease, leases.ttlMs / RENEWALS)
    const { promise: asked, resolve } = Promise.withResolvers<{ readonly next: string | undefined }>()
    giveUp = (next) => resolve({ next })
    if (stopping) giveUp(undefined)
    const step = Promise.withResolvers<void>()
    stepped = step.promise
    let next: string | undefined
    try {
      const served = await waiting.serve(lease)
      ;[serves, detail] = [true, "serves"]
      const reason = await Promise.race([asked, keeping.lost, served.ended])
      serves = false
      detail = reason instanceof Error ? reason.message : "handed over"
      if (!(reason instanceof Error)) next = reason.next
      await served.stop()
    } finally {
      giveUp = undefined
      serves = false
      await keeping.stop()
      // one that is somebody else's by now is left to him
      await lease.release(next).catch(() => undefined)
      step.resolve()
    }
  }

  const run = async (): Promise<void> => {
    while (!stopping) {
      const waiting = wait()
      try {
        await waiting.ready
        const lease = await takeLease(waiting.failed)
        if (lease !== undefined) await serve(waiting, lease)
      } catch (error) {
        detail = (error as Error).message
        if (isFinal(error as Error)) throw error
        await pause(AFTER_FAILURE_MS)
      } finally {
        await waiting.close()
      }
    }
  }

  const running = run()
  const failed = running.then(() => new Promise<never>(() => {}))
  failed.catch(() => {}) // told to whoever waits for it
  const handOver = async (next?: string) => {
    giveUp?.(next)
    await stepped
  }
  return {
    status: () => ({ serves, detail }),
    handOver,
    stop: async (next) => {
      stopping = true
      ending.abort()
      await handOver(next)
      await running.catch(() => undefined)
    },
    failed
  }
}

/** Renews until it is stopped; tells when somebody else has taken the lease. While nobody answers, nobody can have. */
const keepLease = (lease: Lease, everyMs: number) => {
  const { promise: lost, resolve } = Promise.withResolvers<Error>()
  const stopping = new AbortController()
  const keep = async (): Promise<void> => {
    for (;;) {
      await sleep(everyMs, undefined, { signal: stopping.signal })
      try {
        if (!(await lease.renew())) return resolve(new Error(`the lease of partition ${lease.partition} was taken`))
      } catch (error) {
        if (!(error instanceof LeaseUnavailable)) return resolve(error as Error)
      }
    }
  }
  const keeping = keep().catch(() => undefined) // stopped
  const stop = async () => {
    stopping.abort()
    await keeping
  }
  return { lost, stop }
}
