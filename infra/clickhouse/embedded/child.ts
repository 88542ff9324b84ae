// The child process: the engine on one folder and its HTTP interface. It lives and dies with the parent that started it.
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { emptyPassing, foldersOf, prepareFolders } from "./config.ts"
import { Engine, loadAddon } from "./engine.ts"
import { createFront } from "./http.ts"
import type { Order, Reply, Stage } from "./protocol.ts"
import { Slots } from "./slots.ts"

const finishMs = 3000

// The pipe ends when the parent ends, however it does. Nobody can ask us anything then, and the next start wants the
// folder's lock, so no time is spent on a farewell: what was acknowledged is already in the files.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"))
process.once("message", (order) => void begin(order as Order))

async function begin(order: Order): Promise<void> {
  let stage: Stage = "platform"
  try {
    const addon = loadAddon()
    stage = "folder"
    const folders = foldersOf(order.directory)
    prepareFolders(folders, order.memoryMb)
    stage = "engine"
    const engine = new Engine(addon, folders)
    emptyPassing(folders)
    stage = "port"
    await serve(order, engine, folders.passing)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await new Promise<void>((resolve) => say({ failed: { stage, reason } }, resolve))
    process.exit(1)
  }
}

async function serve(order: Order, engine: Engine, passing: string): Promise<void> {
  const { key, maxExecutionSeconds } = order
  const slots = new Slots(order.slots)
  const server = createFront({ engine, key, passing, maxExecutionSeconds, slots })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(order.port, "127.0.0.1", resolve)
  })
  process.once("SIGTERM", () => void finish(server, engine, slots))
  say({ ready: { port: (server.address() as AddressInfo).port } })
}

async function finish(server: Server, engine: Engine, slots: Slots): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  await Promise.race([closed, sleep(finishMs)])
  // Whoever still waits is cut off, and the statement killed with it. Closing the engine under one would wait for it.
  server.closeAllConnections()
  for (const deadline = Date.now() + finishMs; !slots.areIdle; await sleep(20)) {
    if (Date.now() > deadline) process.kill(process.pid, "SIGKILL")
  }
  engine.close()
  process.exit(0)
}

function say(reply: Reply, sent: () => void = () => {}): void {
  process.send?.(reply, sent)
}
