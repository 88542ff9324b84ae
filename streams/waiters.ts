type Waiter = { readonly eventNo: number; readonly answer: (reached: boolean) => void }

/** Those who wait until an event has been reached, each for a time of its own. */
export const makeWaiters = () => {
  const waiting = new Set<Waiter>()
  let over = false
  return {
    reached: (eventNo: number): void => {
      for (const waiter of waiting) if (waiter.eventNo <= eventNo) waiter.answer(true)
    },
    wait: (eventNo: number, timeoutMs: number): Promise<boolean> => {
      if (over) return Promise.resolve(false)
      return new Promise((resolve) => {
        const answer = (reached: boolean) => {
          waiting.delete(waiter)
          clearTimeout(timer)
          resolve(reached)
        }
        const waiter = { eventNo, answer }
        const timer = setTimeout(answer, timeoutMs, false)
        waiting.add(waiter)
      })
    },
    end: (): void => {
      over = true
      for (const waiter of waiting) waiter.answer(false)
    }
  }
}
