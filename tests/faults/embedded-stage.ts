import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { freeOffset, startPlatform } from "#tests/support/platform.ts"
import { tradeJson } from "#tests/support/trade.ts"
import { isDead } from "./oms-writers.ts"
import { smallDisk } from "#tests/support/small-disk.ts"
import type { Fault, Stage, StageOptions } from "./stage.ts"
import { tcpProxy } from "./tcp-proxy.ts"
import { unsyncedDisk } from "./unsynced-disk.ts"
import { lineFaults } from "./writer-faults.ts"
import { httpClient, patient, WriterStory } from "./writer-story.ts"

const OMS = 8099
const DISK_MB = 600
const HOUR = 3_600_000
const CLOCK = new URL("./clock-shift.ts", import.meta.url).href

/**
 * A whole platform with its ledger in a SQLite file, and callers over HTTP. With `power`: its data are on a file system
 * that forgets what was not synced, and the power fails.
 */
export const embeddedStage = async (options: StageOptions, power = false): Promise<Stage> => {
  const { folder, onSpawn, callers, pauseMs } = options
  await using ended = new AsyncDisposableStack()
  const unsynced = power ? ended.use(await unsyncedDisk(join(folder, "disk"))) : undefined
  const disk = power ? undefined : smallDisk(join(folder, "disk"), DISK_MB)
  if (disk !== undefined) ended.use(disk)
  const data = join(folder, "disk", "data")
  const clock = join(folder, "clock")
  const portOffset = await freeOffset()
  const start = () =>
    startPlatform({
      data,
      portOffset,
      args: ["--no-demo"],
      env: { NODE_OPTIONS: `--import ${CLOCK}`, CLOCK_SHIFT: clock },
      ...(onSpawn && { onSpawn })
    })
  let platform = await start()
  ended.defer(async () => {
    if (!isDead(platform)) await platform.kill("group")
  })
  const line = ended.use(await tcpProxy(OMS + portOffset))
  const log = openSqliteLog({ file: join(data, "ledger.sqlite"), readOnly: true })
  ended.defer(() => log.close())
  const client = patient(httpClient(`http://127.0.0.1:${line.port}/orders`))
  const story = new WriterStory(client, options.seed, "test_account", pauseMs)
  story.begin(callers)
  ended.defer(() => story.end())

  const killed = (what: "group" | "alone") => async () => {
    await platform.kill(what)
    platform = await start()
  }
  const jump = (ms: number) => async () => {
    for (const off of [ms, 0]) {
      writeFileSync(clock, String(off))
      platform.child.kill("SIGUSR2")
      await sleep(300)
    }
  }
  const faults: ReadonlyArray<Fault> = [
    { name: "platform kill -9, all of its processes", weight: 2, inject: killed("group") },
    { name: "platform kill -9, alone", weight: 2, inject: killed("alone") },
    {
      name: "platform SIGSTOP for up to 3 s",
      weight: 2,
      inject: async (draw) => {
        platform.child.kill("SIGSTOP")
        await sleep(100 + draw.below(2_900))
        platform.child.kill("SIGCONT")
      }
    },
    { name: "clock of the platform an hour on", weight: 2, inject: jump(HOUR) },
    { name: "clock of the platform an hour back", weight: 2, inject: jump(-HOUR) },
    ...lineFaults("HTTP callers'", 2, () => line)
  ]
  const powerCut: Fault | undefined = unsynced && {
    name: "power cut under the platform: unsynced writes lost",
    weight: 1,
    inject: async () => {
      await platform.kill("group")
      await unsynced.cutPower()
      platform = await start()
    }
  }
  const full: Fault | undefined = disk && {
    name: "disk of the platform full, then freed",
    weight: 2,
    inject: async () => {
      disk.fill()
      await sleep(1_500)
      disk.free()
    }
  }
  const stack = ended.move()
  return {
    name: power ? "embedded, power" : "embedded",
    story,
    log,
    faults: powerCut ? [powerCut] : [...faults, ...(full ? [full] : [])],
    heal: async () => {
      if (isDead(platform)) platform = await start()
    },
    verify: async () => {
      await story.end()
      await platform.stop()
      return tradeJson(["verify", "--data", data])
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync()
  }
}
