// Two processes of oms, each with a partition of its own, and callers who ask until somebody answers.
import { setTimeout as sleep } from "node:timers/promises"
import { freeOffset, startPlatform, type Platform } from "#tests/support/platform.ts"

const OMS = 8099
export type Partition = 0 | 1
export type Told = { readonly status: number; readonly body: Record<string, unknown> }

export const ask = async (url: string, body?: object, method = body === undefined ? "GET" : "POST"): Promise<Told> => {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(10_000)
  })
  return { status: response.status, body: (await response.json()) as Told["body"] }
}

/** As a caller would: under the same id until somebody answers; `url` is told how often it was tried. */
export const insist = async (url: (tries: number) => string, body?: object, method?: string): Promise<Told> => {
  for (let tries = 0; ; tries++) {
    try {
      const told = await ask(url(tries), body, method)
      if (told.status < 500) return told
    } catch (error) {
      if (tries > 800) throw error // nobody listens while it is started anew
    }
    await sleep(50)
  }
}

export const startTwo = async (folder: string, natsUrl: string) => {
  const offsets = await Promise.all([freeOffset(), freeOffset()])
  const start = (partition: Partition): Promise<Platform> =>
    startPlatform({
      data: `${folder}/${partition}`,
      args: ["--profile", "servers", "--only", "oms", "--partitions", String(partition)],
      env: { NATS_URL: natsUrl },
      portOffset: offsets[partition]!
    })
  const running = (await Promise.all([start(0), start(1)])) as [Platform, Platform]
  const at = (partition: Partition, path: string) => running[partition].url(OMS, path)
  /** kill -9 of the process and all that it has started */
  const kill = (partition: Partition) => running[partition].kill("group")
  const startAgain = async (partition: Partition): Promise<void> => {
    running[partition] = await start(partition)
  }
  return {
    at,
    /** whichever of both has it, as a gateway finds it */
    either: (path: string) => (tries: number) => at((tries % 2) as Partition, path),
    kill,
    startAgain,
    killAndStart: async (partition: Partition) => {
      await kill(partition)
      await startAgain(partition)
    },
    stop: () => Promise.all(running.map((one) => one.stop()))
  }
}
