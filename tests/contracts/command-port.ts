// What every way of bringing commands to a writer must do.
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, describe, expect, it } from "vitest"
import { type CommandPort, type CommandServer, NotServed, OutcomeUnknown } from "#streams/ports/command-port.ts"

export type Commands = {
  readonly caller: CommandPort
  readonly server: CommandServer
  readonly close: () => Promise<void>
}

const bytes = (text: string) => Buffer.from(text, "utf8")
const text = (data: Uint8Array) => Buffer.from(data).toString("utf8")
const patient = { timeoutMs: 5_000 }

export const commandPortContract = (
  name: string,
  open: () => Promise<Commands>,
  options: Parameters<typeof describe>[1] & object = {}
): void =>
  void describe(`command port: ${name}`, options, () => {
    let close = async () => {}
    afterEach(() => close())
    const fresh = async () => {
      const commands = await open()
      close = commands.close
      // a server may be shared: each test has partitions of its own
      return { ...commands, partition: Math.floor(Math.random() * 1e9) }
    }

    it("brings commands to the partition's handler and its answers back", async () => {
      const { caller, server, partition } = await fresh()
      await server.serve(partition, (verb, payload) => bytes(`${verb} at once ${text(payload)}`))
      await server.serve(partition + 1, async (verb, payload) => {
        await sleep(5)
        return bytes(`${verb} later ${text(payload)}`)
      })
      const sent = Array.from({ length: 300 }, (_, i) =>
        caller.request(partition + (i % 2), "submit", bytes(`№ ${i}`), patient).then(text)
      )
      expect(await Promise.all(sent)).toEqual(
        Array.from({ length: 300 }, (_, i) => `submit ${i % 2 === 0 ? "at once" : "later"} № ${i}`)
      )
    })

    it("is sure that nothing happened when nobody serves", async () => {
      const { caller, server, partition } = await fresh()
      await expect(caller.request(partition, "submit", bytes("{}"), patient)).rejects.toBeInstanceOf(NotServed)
      const stop = await server.serve(partition, () => bytes("served"))
      expect(text(await caller.request(partition, "submit", bytes("{}"), patient))).toBe("served")
      await stop()
      await stop()
      await expect(caller.request(partition, "submit", bytes("{}"), patient)).rejects.toBeInstanceOf(NotServed)
      await server.serve(partition, () => bytes("again"))
      expect(text(await caller.request(partition, "submit", bytes("{}"), patient))).toBe("again")
    })

    it("does not know the outcome when no answer comes in time", async () => {
      const { caller, server, partition } = await fresh()
      let taken = 0
      await server.serve(partition, async () => {
        taken++
        await sleep(300)
        return bytes("too late")
      })
      const asked = caller.request(partition, "submit", bytes("{}"), { timeoutMs: 50 })
      await expect(asked).rejects.toBeInstanceOf(OutcomeUnknown)
      expect(taken).toBe(1)
      await sleep(300)
    })

    it("does not know the outcome when the handler fails, and goes on", async () => {
      const { caller, server, partition } = await fresh()
      await server.serve(partition, (verb) => {
        if (verb === "throw") throw new Error("thrown")
        if (verb === "reject") return Promise.reject(new Error("rejected"))
        return bytes("fine")
      })
      for (const verb of ["throw", "reject"]) {
        await expect(caller.request(partition, verb, bytes("{}"), patient)).rejects.toBeInstanceOf(OutcomeUnknown)
      }
      expect(text(await caller.request(partition, "submit", bytes("{}"), patient))).toBe("fine")
    })

    it("carries empty and large payloads", async () => {
      const { caller, server, partition } = await fresh()
      await server.serve(partition, (_, payload) => payload)
      for (const size of [0, 1, 900_000]) {
        const payload = Buffer.alloc(size, "é")
        expect(Buffer.from(await caller.request(partition, "echo", payload, patient)).equals(payload)).toBe(true)
      }
    })
  })
