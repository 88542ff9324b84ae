import { inject } from "vitest"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { commandPortContract } from "./command-port.ts"

const url = inject("natsUrl")

commandPortContract(
  "nats",
  async () => {
    const [caller, server] = await Promise.all([
      openNatsCommands({ url: url!, name: "test-caller" }),
      openNatsCommands({ url: url!, name: "test-server" })
    ])
    const close = async () => void (await Promise.all([caller.close(), server.close()]))
    return { caller, server, close }
  },
  skipWithout(url, "nats is missing")
)
