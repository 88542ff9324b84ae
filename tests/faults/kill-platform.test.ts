import { expect, test } from "vitest"
import { startPlatform } from "#tests/support/platform.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { tradeJson } from "#tests/support/trade.ts"
import { KillStory } from "./kill-story.ts"

const KILLS = Number(process.env["KILLS"] ?? "3")

test(
  `kill -9 at random points under load loses nothing that was answered (${KILLS} kills)`,
  { timeout: 60_000 + KILLS * 30_000 },
  async () => {
    using data = tempDir("kill")
    const story = new KillStory(`k${Date.now().toString(36)}`)
    let platform = await startPlatform({ data: data.path, args: ["--no-demo"] })
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const loaded = story.load(platform, 8)
        await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1200))
        await platform.kill(kill % 2 === 0 ? "group" : "alone")
        await loaded
        platform = await startPlatform({ data: data.path, args: ["--no-demo"] })
        const { orders } = await story.check(platform)
        expect(orders).toBe(story.answered.size)
        expect([undefined, "Canceled", "Filled"]).toContain(await story.cancelOneOpen(platform))
      }
      expect(story.answered.size).toBeGreaterThan(KILLS * 10)
    } finally {
      await platform.stop()
    }
    await tradeJson(["verify", "--data", data.path])
  }
)
