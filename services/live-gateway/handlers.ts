import { HttpApiBuilder } from "effect/http-api"
import { ResolveSuspended } from "#services/contract/venue.ts"
import { decoder } from "#services/http/decode.ts"
import { answer, answerBody } from "#services/http/handle.ts"
import { type Mount, mount } from "#services/http/mount.ts"
import { VenueApi } from "./api.ts"
import type { VenueDesk } from "./contract.ts"

const decodeResolve = decoder(ResolveSuspended)

/** The routes of live-gateway, answered by `desk`. */
export const venueRoutes = (desk: VenueDesk): Mount =>
  mount(
    VenueApi,
    HttpApiBuilder.group(VenueApi, "venue", (handlers) =>
      handlers
        .handle("status", ({ request }) => answer(request, desk.status))
        .handle("orders", ({ query, request }) => answer(request, (meta) => desk.orders(query, meta)))
        .handle("suspense", ({ query, request }) => answer(request, (meta) => desk.suspense(query, meta)))
        .handleRaw("resolve", ({ params, request }) =>
          answerBody(request, decodeResolve, (input, meta) => desk.resolve(params.id, input, meta))
        )
    )
  )
