import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { unmount } from "#tests/support/small-disk.ts"
import { findProgram } from "#tests/support/programs.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const SOURCE = fileURLToPath(new URL("./unsynced-fs.c", import.meta.url))

/** A file system that forgets what was not synced. */
export type UnsyncedDisk = AsyncDisposable & {
  readonly path: string
  /** The power fails: how many bytes are not as they were. Whoever wrote there has to be dead. */
  readonly cutPower: () => Promise<number>
}

/** Why there can be none here; undefined where there can. */
export const noUnsyncedDisk = (): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/dev/fuse"))
    return "a file system of one's own needs Linux, root and /dev/fuse"
  return findProgram("cc") === undefined ? "no C compiler was found" : undefined
}

/** Compiles the file system and mounts it at `path`. */
export const unsyncedDisk = async (path: string): Promise<UnsyncedDisk> => {
  const reason = noUnsyncedDisk()
  if (reason !== undefined) throw new Error(reason)
  mkdirSync(path, { recursive: true })
  const home = tempDir("unsynced")
  const program = join(home.path, "unsynced-fs")
  const compiled = spawnSync("cc", ["-O2", "-o", program, SOURCE], { encoding: "utf8" })
  if (compiled.status !== 0) throw new Error(`unsynced-fs.c does not compile: ${compiled.stderr}`)
  // a group of its own: Ctrl+C at a terminal must not take the disk away before its users
  const child = spawn(program, [path], { detached: true, stdio: ["ignore", "pipe", "inherit"] })
  const said = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const withUs = () => end(child, path)
  process.once("exit", withUs)
  if ((await said.next()).value !== "mounted") throw new Error(`nothing can be mounted at ${path}`)
  return {
    path,
    cutPower: async () => {
      child.kill("SIGUSR1")
      const answer = said.next()
      readdirSync(path) // it looks at signals between two requests
      return Number((await answer).value?.split(" ")[1])
    },
    [Symbol.asyncDispose]: async () => {
      process.off("exit", withUs)
      end(child, path)
      home[Symbol.dispose]()
    }
  }
}

const end = (child: ChildProcess, path: string) => {
  unmount(path)
  child.kill("SIGKILL")
}
