import { inject } from "vitest"
import { openNatsLeases } from "#infra/nats/lease-store.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { leaseContract } from "./lease.ts"

const url = inject("natsUrl")

leaseContract("nats", () => openNatsLeases({ url: url!, name: "test-leases" }), skipWithout(url, "nats is missing"))
