import { inject } from "vitest"
import { openNatsRaw } from "#infra/nats/raw-store.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { rawStoreContract } from "./raw-store.ts"

const url = inject("natsUrl")

rawStoreContract(
  "nats",
  async () => ({ open: () => openNatsRaw({ url: url! }), discard: async () => undefined }),
  skipWithout(url, "nats is missing")
)
