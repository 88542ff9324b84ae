import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, describe, expect, it } from "vitest"
import type { AccountId, Currency, GroupId, OwnerId } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash } from "#domain/kernel/money.ts"
import { memoryCommands } from "#infra/memory/command-port.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryLeases } from "#infra/memory/lease-store.ts"
import { followAccounts, openAccountWriter, type Submission } from "#streams/account-writer.ts"
import { BrokenChain } from "#streams/chain.ts"
import { commandClient } from "#streams/command-client.ts"
import { type Holding, holdPartition } from "#streams/hold-partition.ts"
import { makeLeases } from "#streams/leases.ts"
import { type CommandPort, NotServed, OutcomeUnknown } from "#streams/ports/command-port.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { serveCommands } from "#streams/serve-commands.ts"
import { MORNING } from "#tests/domain/account/story.ts"

const A = "A" as AccountId
const opening: Submission = {
  id: "open-A",
  actor: "test",
  request: {
    type: "OpenAccount",
    account: A,
    owner: "O" as OwnerId,
    group: "O" as GroupId,
    accountType: "cash",
    currency: "USDT" as Currency
  }
}
const deposit = (n: number): Submission => ({
  id: `deposit-${n}`,
  actor: "test",
  request: { type: "Deposit", account: A, currency: "USDT" as Currency, amount: parseFixed(String(n)) as Cash }
})

/** One log, one store of leases and one command port, and as many processes over them as are begun. */
const begun = (log: EventLog = memoryLog()) => {
  const store = memoryLeases()
  const commands = memoryCommands()
  const process = (name: string, partition = 0): Holding =>
    holdPartition({
      leases: makeLeases({ store, name, ttlMs: 400 }),
      partition,
      isFinal: (error) => error instanceof BrokenChain,
      lookEveryMs: () => 5,
      wait: () => {
        const standby = followAccounts({ log, partition })
        return {
          ready: standby.ready,
          failed: standby.failed,
          serve: async () => {
            const writer = await openAccountWriter({
              log,
              partition,
              from: await standby.stop(),
              clock: () => MORNING,
              writerId: name,
              seen: () => undefined
            })
            const unserve = await serveCommands(commands, writer)
            return { ended: writer.ended, stop: () => unserve().then(writer.stop) }
          },
          close: () =>
            standby.stop().then(
              () => undefined,
              () => undefined
            )
        }
      }
    })
  return { log, store, commands, process, client: commandClient({ port: commands, patienceMs: 5_000, tryMs: 200 }) }
}
const until = async (what: () => boolean) => {
  for (let waited = 0; !what(); waited += 2) {
    if (waited > 5_000) throw new Error(`it never came to be: ${String(what)}`)
    await sleep(2)
  }
}
const idsIn = async (log: EventLog): Promise<ReadonlyArray<string>> => {
  const ids: Array<string> = []
  for await (const batch of log.read(0, 1))
    for (const { body } of batch)
      for (const { cause } of JSON.parse(Buffer.from(body).toString()).events) ids.push(cause)
  return ids
}

describe("a partition that several processes would write", () => {
  const holdings: Array<Holding> = []
  afterEach(() => Promise.all(holdings.splice(0).map((holding) => holding.stop())))
  const kept = (holding: Holding) => (holdings.push(holding), holding)

  it("is handed over under load: every command is answered, and recorded once", async () => {
    const { log, process, client } = begun()
    const [a, b] = [kept(process("a")), kept(process("b"))]
    await client.submit(0, opening)
    let sent = 0
    let stop = false
    const caller = async () => {
      while (!stop) {
        const reply = await client.submit(0, deposit(++sent))
        expect(["facts", "repeat"]).toContain(reply.kind)
        await sleep(1) // in memory nothing waits: others would never have a turn
      }
    }
    const load = Promise.all(Array.from({ length: 8 }, caller))
    for (let turn = 0; turn < 6; turn++) {
      const serves = () => [a, b].find((one) => one.status().serves)
      await until(() => serves() !== undefined)
      const writer = serves()!
      await sleep(5)
      await writer.handOver(writer === a ? "b" : "a")
      await until(() => serves() !== undefined && serves() !== writer)
    }
    stop = true
    await load
    const ids = await idsIn(log)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(["open-A", ...Array.from({ length: sent }, (_, i) => `deposit-${i + 1}`)].toSorted())
  })

  it("is left by a writer that another one fenced, which then tries again", async () => {
    const { log, process, client } = begun()
    const a = kept(process("a"))
    await client.submit(0, opening)
    const byMistake = await openAccountWriter({
      log,
      partition: 0,
      clock: () => MORNING,
      writerId: "x",
      seen: () => undefined
    })
    expect((await client.submit(0, deposit(1))).kind).toBe("facts")
    expect(a.status()).toEqual({ serves: true, detail: "serves" })
    await expect(byMistake.submit(deposit(2))).rejects.toThrow(/another writer/)
    expect(await idsIn(log)).toEqual(["open-A", "deposit-1"])
  })

  it("is left by a writer whose lease was taken", async () => {
    const { store, commands, process, client } = begun()
    const a = kept(process("a"))
    await client.submit(0, opening)
    const theirs = JSON.stringify({ holder: "b", run: "r", beat: 0, ttlMs: 1e6 })
    const took = async () => store.write(0, theirs, (await store.read(0))!.revision)
    while ((await took()) === undefined); // its holder goes on renewing in between
    await until(() => a.status().detail === "written by b")
    const impatient = commandClient({ port: commands, patienceMs: 50 })
    await expect(impatient.submit(0, deposit(1))).rejects.toBeInstanceOf(NotServed)
  })

  it("is not served from a ledger that is damaged", async () => {
    const whole = memoryLog()
    const damaged: EventLog = {
      ...whole,
      read: async function* (partition, from) {
        for await (const batch of whole.read(partition, from)) yield batch.map((one) => ({ ...one, root: "ff" }))
      }
    }
    const first = begun(whole)
    const a = kept(first.process("a"))
    await first.client.submit(0, opening)
    await a.stop()
    await expect(begun(damaged).process("b").failed).rejects.toBeInstanceOf(BrokenChain)
  })
})

describe("a caller of commands", () => {
  const answering = (...answers: ReadonlyArray<() => Promise<Uint8Array>>) => {
    const payloads: Array<string> = []
    const port: CommandPort = {
      request: (_, __, payload) => {
        payloads.push(Buffer.from(payload).toString())
        return answers[Math.min(payloads.length, answers.length) - 1]!()
      }
    }
    return { port, payloads }
  }
  const says = (reply: object) => async () => Buffer.from(JSON.stringify(reply))
  const silent = () => Promise.reject(new OutcomeUnknown("silence"))
  const nobody = () => Promise.reject(new NotServed("nobody"))
  const away = says({ kind: "unavailable", reason: "another writer took over" })

  it("asks again, the same, until a writer answers", async () => {
    const { port, payloads } = answering(nobody, silent, away, says({ kind: "repeat", first: 7, last: 7 }))
    const reply = await commandClient({ port }).submit(0, deposit(1))
    expect(reply).toEqual({ kind: "repeat", first: 7, last: 7 })
    expect(payloads).toHaveLength(4)
    expect(new Set(payloads).size).toBe(1)
  })

  it("takes a refusal for an answer", async () => {
    const { port } = answering(says({ kind: "refused", refusal: { code: "X", detail: "x" } }), silent)
    expect((await commandClient({ port }).submit(0, deposit(1))).kind).toBe("refused")
  })

  it("says at the end whether the command may have been recorded", async () => {
    const impatient = (port: CommandPort) => commandClient({ port, patienceMs: 80, tryMs: 10 }).submit(0, deposit(1))
    await expect(impatient(answering(nobody).port)).rejects.toBeInstanceOf(NotServed)
    await expect(impatient(answering(silent, nobody).port)).rejects.toBeInstanceOf(OutcomeUnknown)
    await expect(impatient(answering(silent, away).port)).rejects.toBeInstanceOf(OutcomeUnknown)
    expect((await impatient(answering(nobody, away).port)).kind).toBe("unavailable")
    const broken = () => Promise.reject(new Error("no permission"))
    await expect(impatient(answering(broken).port)).rejects.toThrow("no permission")
  })
})
