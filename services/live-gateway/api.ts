import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { pageFields } from "#services/contract/fields.ts"
import {
  ResolvedBody,
  ResolveSuspended,
  SuspendedPage,
  VenueOrderPage,
  VenueStatusBody
} from "#services/contract/venue.ts"
import { contractApi } from "#services/http/mount.ts"
import { COMMAND_PROBLEMS, READ_PROBLEMS } from "#services/http/problem.ts"

class Venue extends HttpApiGroup.make("venue").add(
  HttpApiEndpoint.get("status", "/venue/status", { success: VenueStatusBody, error: READ_PROBLEMS }),
  HttpApiEndpoint.get("orders", "/venue/orders", { query: pageFields, success: VenueOrderPage, error: READ_PROBLEMS }),
  HttpApiEndpoint.get("suspense", "/venue/suspense", {
    query: pageFields,
    success: SuspendedPage,
    error: READ_PROBLEMS
  }),
  HttpApiEndpoint.post("resolve", "/venue/suspense/:id", {
    params: { id: Schema.String.check(Schema.isPattern(/^\d{1,15}\.\d{1,9}$/u)) },
    payload: ResolveSuspended,
    success: ResolvedBody,
    error: COMMAND_PROBLEMS
  })
) {}

/** The routes of live-gateway. */
export class VenueApi extends contractApi(HttpApi.make("live-gateway").add(Venue)) {}
