/** An object's name and size. */
export type StoredObject = { readonly key: string; readonly size: number }

/**
 * Where whole objects are kept: written once, never changed. Every adapter passes `tests/contracts/object-store.ts`.
 * Keys are words of `A-Z a-z 0-9 . _ -` with slashes between.
 */
export type ObjectStore = {
  /** for messages: `folder:DIR`, `s3:URL` without secrets */
  readonly name: string
  /**
   * Durable when it resolves. The same bytes under the same key again succeed and store nothing; other bytes under a key
   * that is taken fail with {@link KeyTaken}, also when two writers try at the same moment.
   */
  readonly put: (key: string, bytes: Uint8Array) => Promise<void>
  readonly get: (key: string) => Promise<Uint8Array | undefined>
  /** Every object whose key begins with `prefix`, in the order of their keys. */
  readonly list: (prefix: string) => Promise<ReadonlyArray<StoredObject>>
  readonly close: () => Promise<void>
}

/** The key holds other bytes: nothing was overwritten. */
export class KeyTaken extends Error {
  override readonly name = "KeyTaken"
}

const KEY = /^[\w.-]+(\/[\w.-]+)*$/u

/** Refuses a key that some store could not hold, or that would leave its folder. */
export const checkKey = (key: string): void => {
  const words = key.split("/")
  if (KEY.test(key) && !words.some((word) => word.startsWith(".")) && key.length <= 512) return
  throw new Error(`${JSON.stringify(key)} cannot be the key of an object`)
}
