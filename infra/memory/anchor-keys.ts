import { generateKeyPairSync } from "node:crypto"
import { keyIdOf, publicHex } from "#streams/anchors/records.ts"
import type { AnchorKeys, PrivateKey } from "#streams/anchors/anchorer.ts"

/** Keys that are gone with their process. */
export const memoryKeys = (): AnchorKeys => {
  const keys = new Map<string, PrivateKey>()
  return {
    make: async () => {
      const { privateKey } = generateKeyPairSync("ed25519")
      const publicKey = publicHex(privateKey)
      const made = { id: keyIdOf(publicKey), publicKey, privateKey }
      keys.set(made.id, made)
      return made
    },
    find: async (id) => keys.get(id),
    forget: async (ids) => {
      for (const id of ids) keys.delete(id)
    }
  }
}
