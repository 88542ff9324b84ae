import { expect, it } from "vitest"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { freePort } from "#tests/support/free-port.ts"

it("says where no server is, and keeps the password to itself", async () => {
  const port = await freePort()
  const url = `nats://writer:secret@127.0.0.1:${port},nats://127.0.0.1:${port}`
  for (const opening of [openNatsLog({ url }), openNatsCommands({ url, name: "test" })]) {
    const error: unknown = await opening.catch((reason: unknown) => reason)
    expect(String(error)).toContain(`No NATS server can be used at nats://127.0.0.1:${port},nats://127.0.0.1:${port}:`)
    expect(String(error)).toMatch(/NATS_URL right\?$/)
    expect(JSON.stringify(error) + String(error)).not.toContain("secret")
  }
})

it("names an address that is none", async () => {
  await expect(openNatsLog({ url: "nats://[" })).rejects.toThrow(/of the form nats:\/\/host:port/)
})
