import { Refusal } from "./refusal.ts"

const longestQueue = 512

/** How many statements run at once: each keeps a thread of the pool busy, and a full pool would stop files and sockets. */
export class Slots {
  readonly #count: number
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#count = count
    this.#free = count
  }

  get areIdle(): boolean {
    return this.#free === this.#count
  }

  /** Runs the work when a slot is free. Whoever is gone by then has lost the place in the queue and nothing is run. */
  async hold<A>(gone: AbortSignal, work: () => Promise<A>): Promise<A> {
    await this.#take(gone)
    try {
      gone.throwIfAborted()
      return await work()
    } finally {
      this.#give()
    }
  }

  async #take(gone: AbortSignal): Promise<void> {
    gone.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    if (this.#waiting.size >= longestQueue) {
      throw Refusal.of(202, "TOO_MANY_SIMULTANEOUS_QUERIES", `More than ${longestQueue} statements are waiting`)
    }
    await new Promise<void>((resolve, reject) => {
      const next = () => {
        gone.removeEventListener("abort", leave)
        resolve()
      }
      const leave = () => {
        this.#waiting.delete(next)
        reject(gone.reason as Error)
      }
      this.#waiting.add(next)
      gone.addEventListener("abort", leave, { once: true })
    })
  }

  #give(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
