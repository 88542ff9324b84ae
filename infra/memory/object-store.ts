import { checkKey, KeyTaken, type ObjectStore } from "#streams/ports/object-store.ts"

/** Objects that live as long as their process. */
export const memoryObjects = (objects = new Map<string, Uint8Array>()): ObjectStore => ({
  name: "memory",
  put: async (key, bytes) => {
    checkKey(key)
    const there = objects.get(key)
    if (there === undefined) objects.set(key, Uint8Array.from(bytes))
    else if (Buffer.compare(there, bytes) !== 0) throw new KeyTaken(`${key} holds other bytes`)
  },
  get: async (key) => {
    const there = objects.get(key)
    return there === undefined ? undefined : Uint8Array.from(there)
  },
  list: async (prefix) =>
    [...objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { length: size }]) => ({ key, size }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  close: async () => undefined
})
