import { setTimeout as sleep } from "node:timers/promises"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { commandClient } from "#streams/command-client.ts"
import { startNatsCluster } from "#tests/support/nats-cluster.ts"
import { findProgram } from "#tests/support/programs.ts"
import { tradeJson } from "#tests/support/trade.ts"
import { OmsWriters } from "./oms-writers.ts"
import type { Fault, Stage, StageOptions } from "./stage.ts"
import { writerFaults } from "./writer-faults.ts"
import { WriterStory } from "./writer-story.ts"

/** Three nats-servers, each commit on all of them, and two oms processes. */
export const clusterStage = async (options: StageOptions): Promise<Stage> => {
  const { folder, onSpawn, callers, pauseMs } = options
  await using ended = new AsyncDisposableStack()
  const cluster = ended.use(await startNatsCluster({ program: findProgram("nats-server")! }))
  for (const name of cluster.names) onSpawn?.(cluster.pidOf(name))
  const writers = await OmsWriters.start({ urls: [cluster.url, cluster.url], folder, onSpawn })
  ended.defer(() => writers.stop())
  const log = await openNatsLog({ url: cluster.url, name: "fault-reader" })
  ended.defer(() => log.close())
  const commands = await openNatsCommands({ url: cluster.url, name: "fault-callers" })
  ended.defer(() => commands.close())
  const client = commandClient({ port: commands, patienceMs: 40_000 })
  const story = new WriterStory(client, options.seed, "test_account", pauseMs)
  story.begin(callers)
  ended.defer(() => story.end())

  const dead = new Set<string>()
  const kill = async (name: string, signal: NodeJS.Signals) => {
    dead.add(name)
    await cluster.end(name, signal)
  }
  const restart = () => {
    for (const name of dead) {
      cluster.restart(name)
      onSpawn?.(cluster.pidOf(name))
    }
    dead.clear()
  }
  const servers: ReadonlyArray<Fault> = [
    {
      name: "leader of three kill -9",
      weight: 4,
      inject: async () => kill(await cluster.leaderOf("LEDGER"), "SIGKILL")
    },
    {
      name: "leader of three told to end (SIGTERM)",
      weight: 2,
      inject: async () => kill(await cluster.leaderOf("LEDGER"), "SIGTERM")
    },
    {
      name: "a follower (minority) kill -9",
      weight: 3,
      inject: async (draw) => {
        const leader = await cluster.leaderOf("LEDGER")
        await kill(draw.one(cluster.names.filter((name) => name !== leader)), "SIGKILL")
      }
    },
    {
      name: "all three kill -9 and started again",
      weight: 2,
      inject: async () => {
        await Promise.all(cluster.names.map((name) => kill(name, "SIGKILL")))
        restart()
      }
    },
    {
      name: "leader of three SIGSTOP for up to 6 s",
      weight: 2,
      inject: async (draw) => {
        const pid = cluster.pidOf(await cluster.leaderOf("LEDGER"))
        process.kill(pid, "SIGSTOP")
        await sleep(200 + draw.below(5_800))
        process.kill(pid, "SIGCONT")
      }
    },
    {
      name: "leader of three and writer kill -9",
      weight: 1,
      inject: async () => {
        const leader = await cluster.leaderOf("LEDGER")
        await Promise.all([kill(leader, "SIGKILL"), writers.writer.kill("alone")])
      }
    }
  ]
  const stack = ended.move()
  return {
    name: "three nats-servers",
    story,
    log,
    faults: [...servers, ...writerFaults(writers).slice(0, 4)],
    heal: async () => {
      restart()
      for (const stream of ["LEDGER", "KV_leases"]) await cluster.whole(stream)
      await writers.settle()
    },
    verify: async () => {
      await story.end()
      await writers.stop()
      return tradeJson(["verify", "--log", cluster.url])
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync()
  }
}
