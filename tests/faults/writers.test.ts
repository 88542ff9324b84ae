import { setTimeout as sleep } from "node:timers/promises"
import { expect, inject, test } from "vitest"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { commandClient } from "#streams/command-client.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { type Platform, startPlatform } from "#tests/support/platform.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { tradeJson } from "#tests/support/trade.ts"
import { httpClient, patient, WriterStory } from "./writer-story.ts"

const program = inject("natsServer")
const OMS = 8099
const GATEWAY = 8080
const CALLERS = 8
const isLong = process.env["REQUIRE_BACKENDS"] === "1" // in CI

const health = async (oms: Platform) => {
  const response = await fetch(oms.url(OMS, "/health"), { signal: AbortSignal.timeout(5_000) })
  const { checks } = (await response.json()) as { checks: Record<string, { detail: string }> }
  return checks["partition-0"]?.detail ?? "starting"
}
const until = async (oms: Platform, detail: RegExp) => {
  for (let tries = 0; ; tries++) {
    const said = await health(oms)
    if (detail.test(said)) return
    if (tries > 400) throw new Error(`an oms process says ${said} and never ${detail}: ${oms.output()}`)
    await sleep(50)
  }
}

test(
  "two oms processes: hand-over, kill -9, a stall beyond the lease and a restart lose nothing that was answered",
  { timeout: 180_000, ...skipWithout(program, "no nats-server program was found") },
  async () => {
    using folder = tempDir("writers")
    await using nats = await startNats({ storeDir: `${folder.path}/nats`, syncAlways: true })
    const start = (name: "a" | "b") =>
      startPlatform({
        data: `${folder.path}/${name}`,
        args: ["--profile", "servers", "--only", "oms"],
        env: { NATS_URL: nats.url }
      })
    const commands = await openNatsCommands({ url: nats.url, name: "test-caller" })
    const log = await openNatsLog({ url: nats.url, name: "test-reader" })
    const seed = Date.now().toString(36)
    const story = new WriterStory(commandClient({ port: commands, patienceMs: 30_000 }), `n${seed}`, "test_account")
    const gaps: Record<string, number> = {}
    let [a, b] = await Promise.all([start("a"), start("b")])
    const gateway = await startPlatform({
      data: `${folder.path}/gateway`,
      args: ["--profile", "servers", "--only", "gateway"],
      env: { NATS_URL: nats.url }
    })
    const overHttp = new WriterStory(patient(httpClient(gateway.url(GATEWAY, "/api/orders"))), `h${seed}`, "demo")
    try {
      let [writer, other] = (await Promise.race([
        until(a, /^serves/).then(() => [a, b] as const),
        until(b, /^serves/).then(() => [b, a] as const)
      ])) as [Platform, Platform]
      const restart = async (which: Platform) => (which === a ? (a = await start("a")) : (b = await start("b")))
      await until(other, /^written by/)
      story.begin(CALLERS)
      overHttp.begin(CALLERS)

      gaps["planned hand-over"] = await story.gapDuring(async () => {
        expect(await writer.stop()).toBe(0)
      })
      ;[writer, other] = [other, await restart(writer)]
      await until(other, /^written by/)

      gaps["kill -9"] = await story.gapDuring(() => writer.kill("alone"))
      ;[writer, other] = [other, await restart(writer)]
      await until(other, /^written by/)

      gaps["stalled beyond its lease"] = await story.gapDuring(async () => {
        process.kill(writer.child.pid!, "SIGSTOP")
        await until(other, /^serves/)
      })
      process.kill(writer.child.pid!, "SIGCONT")
      const told = await fetch(writer.url(OMS, "/accounts/test_account"))
      expect([told.status, told.headers.get("retry-after")]).toEqual([503, "1"])
      await until(writer, /^written by/)
      expect(writer.child.exitCode).toBeNull() // it stepped down and did not end
      ;[writer, other] = [other, writer]

      if (isLong) {
        gaps["hand-over to the one that was stalled"] = await story.gapDuring(() => writer.stop().then(() => undefined))
        gaps["kill -9, the same started again"] = await story.gapDuring(async () => {
          await other.kill("alone")
          await restart(other)
        })
      }
      await Promise.all([story.end(), overHttp.end()])
      expect([...story.failures, ...overHttp.failures]).toEqual([])
      const { orders, epochs } = await story.check(log)
      expect(orders).toBe(story.answered.size) // every order was answered in the end
      expect((await overHttp.check(log)).orders).toBe(overHttp.answered.size)
      expect(epochs).toBe(isLong ? 6 : 4)
      for (const ms of Object.values(gaps)) expect(ms).toBeLessThan(40_000)
      console.log(
        `longest time without an answer, ms: ${JSON.stringify(gaps)}, ${orders} orders over NATS, ${overHttp.answered.size} over HTTP`
      )
    } finally {
      await Promise.all([story.end(), overHttp.end()])
      await Promise.all([gateway.stop(), a.stop(), b.stop(), commands.close(), log.close()])
    }
    await tradeJson(["verify", "--log", nats.url])
  }
)
