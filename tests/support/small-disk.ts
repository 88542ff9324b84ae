import { spawnSync } from "node:child_process"
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"

/** A file system of a few megabytes, which can be filled to its last byte. */
export type SmallDisk = Disposable & {
  readonly path: string
  /** Takes all room that is left, but for so many bytes: whole pages of 4 kB. */
  readonly fill: (leave?: number) => void
  readonly free: () => void
}

/** A tmpfs at `path`; undefined where this process may not mount one, which needs Linux and root. */
export const smallDisk = (path: string, megabytes: number): SmallDisk | undefined => {
  mkdirSync(path, { recursive: true })
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]).status !== 0) return undefined
  const ballast = join(path, "ballast")
  return {
    path,
    fill: (leave = 0) => {
      const file = openSync(ballast, "a")
      try {
        for (let chunk = 1 << 20; chunk >= 1; chunk >>= 1) fillBy(file, Buffer.alloc(chunk))
        ftruncateSync(file, Math.max(0, fstatSync(file).size - leave))
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]: () => unmount(path)
  }
}

const fillBy = (file: number, bytes: Buffer): void => {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error
  }
}

/** Lazily: a process that was just killed may not be gone from it. Nothing happens where nothing is mounted. */
export const unmount = (path: string): void => void spawnSync("umount", ["-l", path])
