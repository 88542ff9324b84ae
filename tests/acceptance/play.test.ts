import { join } from "node:path"
import { describe, expect, inject, test } from "vitest"
import { sharedData } from "#tests/support/shared-data.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { tradeJson } from "#tests/support/trade.ts"

type Played = {
  messages: number
  normalised: number
  events: number
  deadLetters: { count: number }
  pnl: { equity: string }
  projections: Array<{ name: string; rows: number; hash: string }>
}
const files = ["20240808", "20240809"].map((day) => sharedData(`data/crypto-raw/binance_spot_btcusdt_${day}.ws.gz`))
const recordings = files.filter((file) => file !== undefined)
const play = async (args: ReadonlyArray<string>, env = {}) =>
  (await tradeJson(["market", "play", ...recordings, "--strategy", "demo", "--seed", "7", ...args], env)) as Played
const outcome = ({ messages, events, pnl, projections }: Played) => ({ messages, events, pnl, projections })

describe(
  "ten minutes of spot BTCUSDT played in lock-step",
  skipWithout(recordings.length === 2, "the shared recordings are not here"),
  () => {
    test("give the same orders, fills, P&L and content hashes in every run and on every log, and again in a replay", async () => {
      using folder = tempDir("play")
      const first = await play([])
      expect(first).toMatchObject({ messages: 99_574, deadLetters: { count: 0 } })
      expect(first.projections.find(({ name }) => name === "executions")!.rows).toBeGreaterThan(100)
      expect(outcome(await play([]))).toEqual(outcome(first))
      const data = join(folder.path, "sqlite")
      expect(outcome(await play(["--log", "sqlite", "--data", data]))).toEqual(outcome(first))
      const replayed = (await tradeJson(["replay", "--data", data, "--into", join(folder.path, "again")])) as Played
      expect(replayed.projections.map(({ name, hash }) => ({ name, hash }))).toEqual(
        first.projections.map(({ name, hash }) => ({ name, hash }))
      )
      await tradeJson(["verify", "--data", data])
    })

    test("follow from the seed", async () => {
      const [one, other] = await Promise.all([play([]), play(["--seed", "8"])])
      expect(other.projections).not.toEqual(one.projections)
    })

    const program = inject("natsServer")
    test("give the same on NATS", skipWithout(program, "no nats-server program was found"), async () => {
      await using nats = await startNats({ syncAlways: true })
      const onNats = await play(["--log", "nats"], { NATS_URL: nats.url })
      expect(outcome(onNats)).toEqual(outcome(await play([])))
      await tradeJson(["verify", "--log", nats.url])
    })
  }
)
