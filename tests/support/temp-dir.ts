import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export type TempDir = Disposable & { readonly path: string }

/** A folder that is gone at the end of the block: `using dir = tempDir("sqlite")`. */
export const tempDir = (name: string): TempDir => {
  const path = mkdtempSync(join(tmpdir(), `trade2026-${name}-`))
  // a server that has just been killed may still be writing its last file
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  return { path, [Symbol.dispose]: remove }
}
