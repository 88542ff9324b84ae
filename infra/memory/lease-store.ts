import type { LeaseEntry, LeaseStore } from "#streams/ports/lease.ts"

/** Leases among the writers of one process. */
export const memoryLeases = (): LeaseStore => {
  const entries = new Map<number, LeaseEntry>()
  let last = 0
  return {
    name: "memory",
    read: async (partition) => entries.get(partition),
    write: async (partition, value, after) => {
      if ((entries.get(partition)?.revision ?? 0) !== after) return undefined
      entries.set(partition, { revision: ++last, value })
      return last
    },
    close: async () => undefined
  }
}
