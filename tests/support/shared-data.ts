import { existsSync } from "node:fs"
import { join, resolve } from "node:path"

const root = join(import.meta.dirname, "..", "..")
const shared = process.env["TRADE2026_SHARED"] ?? resolve(root, "..", "shared")

/**
 * A file or folder of the shared real data, which is not part of this repository: beside the checkout, or where
 * TRADE2026_SHARED points. undefined when it is not there: a test that needs it skips and says so.
 */
export const sharedData = (...path: ReadonlyArray<string>): string | undefined => {
  const found = join(shared, ...path)
  return existsSync(found) ? found : undefined
}
