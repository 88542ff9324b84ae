import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"

/** Snapshots that live as long as their process. */
export const memorySnapshots = (): SnapshotStore => {
  const kept = new Map<number, Map<number, Uint8Array>>()
  return {
    name: "memory",
    put: async (partition, no, bytes) => {
      const of = kept.get(partition) ?? new Map<number, Uint8Array>()
      kept.set(partition, of.set(no, Uint8Array.from(bytes)))
    },
    list: async (partition) =>
      [...(kept.get(partition) ?? [])].map(([no, { length: size }]) => ({ no, size })).toSorted((a, b) => a.no - b.no),
    get: async (partition, no) => {
      const bytes = kept.get(partition)?.get(no)
      return bytes === undefined ? undefined : Uint8Array.from(bytes)
    },
    drop: async (partition, no) => void kept.get(partition)?.delete(no),
    close: async () => undefined
  }
}
