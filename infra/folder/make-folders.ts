import { existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"

/**
 * Makes a folder and those above it that are missing; the uppermost that was made, or undefined. One by one: `recursive`
 * of Node tries for ever where a folder that is there cannot hold another, as those of /proc.
 */
export const makeFolders = (folder: string, mode = 0o777): string | undefined => {
  const missing: Array<string> = []
  let at = resolve(folder)
  for (; !existsSync(at); at = dirname(at)) missing.push(at)
  for (const one of missing.toReversed()) {
    try {
      mkdirSync(one, { mode })
    } catch (error) {
      // somebody else was faster
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(one).isDirectory()) throw error
    }
  }
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file, not a folder`)
  return missing.at(-1)
}
