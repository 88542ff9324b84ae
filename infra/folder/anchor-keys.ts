import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { open, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { keyIdOf, publicHex } from "#streams/anchors/records.ts"
import type { AnchorKeys, PrivateKey } from "#streams/anchors/anchorer.ts"
import { makeFolder, syncFolder } from "./durably.ts"

/** Private keys as files that only their owner may read, one per key. Which one is in use, the book of anchors says. */
export const keyFolder = (folder: string): AnchorKeys => ({
  make: async () => {
    const { privateKey } = generateKeyPairSync("ed25519")
    const made = named(privateKey)
    await makeFolder(folder, 0o700)
    const file = join(folder, `${made.id}.pem`)
    const handle = await open(`${file}.unfinished`, "wx", 0o600)
    try {
      await handle.writeFile(privateKey.export({ format: "pem", type: "pkcs8" }))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${file}.unfinished`, file)
    await syncFolder(folder)
    return made
  },
  find: async (id) => {
    try {
      return named(createPrivateKey(await readFile(join(folder, `${id}.pem`))))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
      throw new Error(`The signing key ${id} in ${folder} cannot be read: ${(cause as Error).message}.`, { cause })
    }
  },
  forget: async (ids) => {
    for (const id of ids) await rm(join(folder, `${id}.pem`), { force: true })
    await syncFolder(folder)
  }
})

const named = (privateKey: KeyObject): PrivateKey => {
  const publicKey = publicHex(privateKey)
  return { id: keyIdOf(publicKey), publicKey, privateKey }
}
