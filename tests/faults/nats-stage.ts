import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { commandClient } from "#streams/command-client.ts"
import { sealCommit } from "#streams/commit.ts"
import { type EventLog, Fenced } from "#streams/ports/event-log.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { tradeJson } from "#tests/support/trade.ts"
import { OmsWriters } from "./oms-writers.ts"
import { smallDisk } from "#tests/support/small-disk.ts"
import type { Fault, Stage, StageOptions } from "./stage.ts"
import { tcpProxy } from "./tcp-proxy.ts"
import { unsyncedDisk } from "./unsynced-disk.ts"
import { lineFaults, writerFaults } from "./writer-faults.ts"
import { WriterStory } from "./writer-story.ts"

/** Enough for what a stage writes, and filled in a moment. */
const DISK_MB = 300

/**
 * One nats-server that syncs each commit, two oms processes and their callers, each on a line of its own. With `power`:
 * the server is on a file system that forgets what was not synced, and the power fails.
 */
export const natsStage = async (options: StageOptions, power = false): Promise<Stage> => {
  const { folder, onSpawn, callers, pauseMs } = options
  await using ended = new AsyncDisposableStack()
  const unsynced = power ? ended.use(await unsyncedDisk(join(folder, "disk"))) : undefined
  const disk = power ? undefined : smallDisk(join(folder, "disk"), DISK_MB)
  if (disk !== undefined) ended.use(disk)
  const nats = ended.use(await startNats({ storeDir: join(folder, "disk", "nats"), syncAlways: true }))
  onSpawn?.(nats.pid)
  const port = Number(new URL(nats.url).port)
  const lines = await Promise.all(["a", "b", "callers"].map(() => tcpProxy(port)))
  for (const line of lines) ended.use(line)
  const urls = lines.map((line) => nats.url.replace(`:${port}`, `:${line.port}`))
  const writers = await OmsWriters.start({ urls: urls.slice(0, 2), folder, onSpawn })
  ended.defer(() => writers.stop())
  const log = await openNatsLog({ url: nats.url, name: "fault-reader" })
  ended.defer(() => log.close())
  const commands = await openNatsCommands({ url: urls[2]!, name: "fault-callers" })
  ended.defer(() => commands.close())
  const client = commandClient({ port: commands, patienceMs: 40_000 })
  const story = new WriterStory(client, options.seed, "test_account", pauseMs)
  story.begin(callers)
  ended.defer(() => story.end())

  const again = async () => {
    await nats.restart()
    onSpawn?.(nats.pid)
  }
  const servers: ReadonlyArray<Fault> = [
    {
      name: "nats-server kill -9",
      weight: 4,
      inject: async () => {
        await nats.kill("SIGKILL")
        await again()
      }
    },
    {
      name: "nats-server and writer kill -9",
      weight: 1,
      inject: async () => {
        await Promise.all([nats.kill("SIGKILL"), writers.writer.kill("alone")])
        await again()
      }
    },
    {
      name: "nats-server SIGSTOP for up to 4 s",
      weight: 2,
      inject: async (draw) => {
        process.kill(nats.pid, "SIGSTOP")
        await sleep(100 + draw.below(3_900))
        process.kill(nats.pid, "SIGCONT")
      }
    },
    { name: "a second writer by mistake", weight: 4, inject: () => intrude(log) }
  ]
  const cutPower = async () => {
    await nats.kill("SIGKILL")
    await unsynced?.cutPower()
    await again()
  }
  const powerCuts: ReadonlyArray<Fault> = [
    { name: "power cut under nats-server: unsynced writes lost", weight: 3, inject: cutPower },
    {
      name: "power cut under nats-server, and writer kill -9",
      weight: 1,
      inject: () => Promise.all([cutPower(), writers.writer.kill("alone")])
    }
  ]
  const full: Fault | undefined = disk && {
    name: "disk of nats-server full, freed, nats-server kill -9",
    weight: 1,
    inject: async () => {
      disk.fill()
      await sleep(1_500)
      disk.free()
      await nats.kill("SIGKILL")
      await again()
    }
  }
  const stack = ended.move()
  return {
    name: power ? "one nats-server, power" : "one nats-server",
    story,
    log,
    faults: power
      ? powerCuts
      : [
          ...writerFaults(writers),
          ...lineFaults("writer's", 3, () => lines[writers.writerAt]!),
          ...lineFaults("callers'", 3, () => lines[2]!),
          ...servers,
          ...(full ? [full] : [])
        ],
    heal: () => writers.settle(),
    verify: async () => {
      await story.end()
      await writers.stop()
      return tradeJson(["verify", "--log", nats.url])
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync()
  }
}

/** Opens an epoch as a writer does that believes it is the one: from then on the other is fenced. */
const intrude = async (log: EventLog): Promise<void> => {
  for (;;) {
    const head = (await log.head(0))!
    const { epoch } = JSON.parse(Buffer.from(head.body).toString()) as { epoch: number }
    try {
      return await log.append(sealCommit(head, 0, epoch + 1, "intruder", []))
    } catch (error) {
      if (!(error instanceof Fenced)) throw error
    }
  }
}
