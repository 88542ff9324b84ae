import { expect, inject, test } from "vitest"
import { startClickHouseEngine } from "#tests/support/clickhouse-engine.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { startPlatform } from "#tests/support/platform.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { KillStory } from "./kill-story.ts"
import { tradeJson } from "#tests/support/trade.ts"

const program = inject("natsServer")
const ROUNDS = Math.max(1, Math.ceil(Number(process.env["KILLS"] ?? "3") / 3))
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test(
  "on a NATS server: kills of the platform, of nats-server, and of both lose nothing that was answered",
  { timeout: 90_000 + ROUNDS * 90_000, ...skipWithout(program, "no nats-server program was found") },
  async () => {
    using folder = tempDir("kill-servers")
    await using nats = await startNats({ storeDir: `${folder.path}/nats`, syncAlways: true })
    const clickHouse = await startClickHouseEngine(`${folder.path}/clickhouse`)
    const start = () =>
      startPlatform({
        data: `${folder.path}/data`,
        args: ["--no-demo", "--profile", "servers"],
        env: { NATS_URL: nats.url, CLICKHOUSE_URL: clickHouse.url }
      })
    const story = new KillStory(`n${Date.now().toString(36)}`)
    let platform = await start()
    try {
      for (let round = 0; round < ROUNDS; round++) {
        for (const victim of ["platform", "nats", "both"] as const) {
          let stop = false
          const loaded = story.load(platform, 8, () => stop)
          await pause(300 + Math.random() * 900)
          if (victim !== "platform") await nats.kill("SIGKILL")
          if (victim !== "nats") await platform.kill("group")
          if (victim !== "platform") await nats.restart()
          if (victim === "nats") await pause(1500) // the clients go on with the platform that lived through it
          stop = true
          await loaded
          if (victim !== "nats") platform = await start()
          const { orders } = await story.check(platform)
          expect(orders, `after the kill of ${victim}`).toBe(story.answered.size)
          expect([undefined, "Canceled", "Filled"]).toContain(await story.cancelOneOpen(platform))
        }
      }
    } finally {
      await platform.stop()
      await clickHouse.stop()
    }
    // the last commit is signed in the stream AUDIT, and nothing there was said twice or in another order
    const { anchors } = (await tradeJson(["verify", "--log", nats.url])) as { anchors: ReadonlyArray<{ name: string }> }
    expect(anchors).toMatchObject([{ name: `nats:nats://${new URL(nats.url).host} AUDIT`, keys: 1 }])
  }
)
