import { open, readFile } from "node:fs/promises"
import { dirname } from "node:path"
import { type AnchorBook, BookMoved } from "#streams/ports/anchor-book.ts"
import { makeFolder, syncFolder } from "./durably.ts"

const NEWLINE = 10

/** By file: who appends in this process waits for who does. */
const turns = new Map<string, Promise<unknown>>()

/**
 * Anchors in a file of lines that only grows. The owner of the folder appends, and now and then a command beside it: that
 * both do in the same millisecond is guarded within one process only. Anybody may read.
 */
export const anchorFile = (file: string): AnchorBook => {
  const bytes = async (): Promise<Buffer> => {
    const all = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return Buffer.alloc(0)
      throw error
    })
    // what stands after the last newline was being written when a process ended: nobody was told that it is there
    return all.subarray(0, all.lastIndexOf(NEWLINE) + 1)
  }
  return {
    name: `file:${file}`,
    append: (lines, after) => {
      const turn = (turns.get(file) ?? Promise.resolve()).then(() => appendTo(file, lines, after))
      const done = turn.catch(() => undefined).finally(() => turns.get(file) === done && turns.delete(file))
      turns.set(file, done)
      return turn
    },
    read: async (from) => {
      const all = await bytes()
      const text = all.subarray(from).toString("utf8")
      return { lines: text === "" ? [] : text.slice(0, -1).split("\n"), next: all.length }
    },
    last: async () => {
      const all = await bytes()
      if (all.length === 0) return undefined
      return all.subarray(all.lastIndexOf(NEWLINE, -2) + 1, -1).toString("utf8")
    },
    close: async () => undefined
  }
}

const appendTo = async (file: string, lines: ReadonlyArray<string>, after?: number): Promise<void> => {
  if (lines.length === 0) return
  await makeFolder(dirname(file))
  const handle = await open(file, "a+")
  try {
    const { size } = await handle.stat()
    const whole = await endOfLines(handle, size)
    if (after !== undefined && after !== whole) throw new BookMoved(`file:${file}`)
    if (whole < size) await handle.truncate(whole)
    await handle.appendFile(lines.map((line) => `${line}\n`).join(""))
    await handle.sync()
    if (size === 0) await syncFolder(dirname(file))
  } finally {
    await handle.close()
  }
}

type Handle = Awaited<ReturnType<typeof open>>
const TAIL = 65_536

/** Where the last whole line ends. */
const endOfLines = async (handle: Handle, size: number): Promise<number> => {
  for (let end = size; end > 0; end -= TAIL) {
    const start = Math.max(0, end - TAIL)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start)
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (at >= 0) return start + at + 1
  }
  return 0
}
