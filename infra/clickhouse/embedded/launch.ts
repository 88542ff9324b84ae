import { type ChildProcess, spawn } from "node:child_process"
import type { Socket } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Order, Reply, Stage } from "./protocol.ts"

/** A child that did not come up: where it stopped, and what the engine printed before. */
export interface Failure {
  readonly stage: Stage | "signal" | "silence"
  readonly reason: string
  readonly printed: string
}

export type Launch = { readonly child: ChildProcess; readonly port: number } | { readonly failure: Failure }

const program = fileURLToPath(new URL("./child.ts", import.meta.url))
const silenceMs = 60_000
// Besides the statements: files, compression, and KILL, which must get through when all slots are taken.
const otherThreads = 6

/** Starts one child and waits for its word. */
export async function launch(order: Order, log: (line: string) => void): Promise<Launch> {
  const { NODE_OPTIONS: _, ...environment } = process.env
  const child = spawn(process.execPath, [program], {
    // A group of its own: Ctrl-C reaches the parent only, which may still want to store something before it stops us.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...environment, TZ: "UTC", UV_THREADPOOL_SIZE: String(order.slots + otherThreads) }
  })
  let begun = false
  const printed: string[] = []
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output as NodeJS.ReadableStream }).on("line", (line) => {
      if (begun) log(line)
      else printed.push(line)
    })
  }
  const reply = await firstWord(child, order)
  if ("ready" in reply) {
    begun = true
    for (const line of printed) log(line)
    // The child is no reason for the parent to stay.
    child.unref()
    child.channel?.unref()
    for (const output of [child.stdout, child.stderr]) (output as Socket).unref()
    return { child, port: reply.ready.port }
  }
  child.kill("SIGKILL")
  return { failure: { ...reply.failed, printed: printed.join("\n") } }
}

type FirstWord = Extract<Reply, { ready: unknown }> | { readonly failed: Omit<Failure, "printed"> }

// A failure is reported once the child is gone: only then has all that it printed arrived.
function firstWord(child: ChildProcess, order: Order): Promise<FirstWord> {
  return new Promise((resolve) => {
    let failed: Omit<Failure, "printed"> | undefined
    const timer = setTimeout(() => {
      failed = { stage: "silence", reason: `no answer within ${silenceMs / 1000} s` }
      child.kill("SIGKILL")
    }, silenceMs)
    const done = (word: FirstWord) => {
      clearTimeout(timer)
      resolve(word)
    }
    child.once("message", (message) => {
      const reply = message as Reply
      if ("ready" in reply) done(reply)
      else failed = reply.failed
    })
    child.once("error", (error) => done({ failed: { stage: "platform", reason: error.message } }))
    child.once("close", (code, signal) => {
      done({ failed: failed ?? { stage: "signal", reason: signal ?? `exit code ${code}` } })
    })
    child.send(order, () => {}) // one that is gone already says so by closing
  })
}
