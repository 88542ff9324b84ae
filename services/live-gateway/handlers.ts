import { HttpApiBuilder } from "effect/http-api"
import { answer } from "#services/http/handle.ts"
import { type Mount, mount } from "#services/http/mount.ts"
import { VenueApi } from "./api.ts"
import type { VenueDesk } from "./contract.ts"

/** The routes of live-gateway, answered by `desk`. */
export const venueRoutes = (desk: VenueDesk): Mount =>
  mount(
    VenueApi,
    HttpApiBuilder.group(VenueApi, "venue", (handlers) =>
      handlers
        .handle("status", ({ request }) => answer(request, desk.status))
        .handle("orders", ({ query, request }) => answer(request, (meta) => desk.orders(query, meta)))
    )
  )
