import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { pageFields } from "#services/contract/fields.ts"
import { VenueOrderPage, VenueStatusBody } from "#services/contract/venue.ts"
import { contractApi } from "#services/http/mount.ts"
import { READ_PROBLEMS } from "#services/http/problem.ts"

class Venue extends HttpApiGroup.make("venue").add(
  HttpApiEndpoint.get("status", "/venue/status", { success: VenueStatusBody, error: READ_PROBLEMS }),
  HttpApiEndpoint.get("orders", "/venue/orders", { query: pageFields, success: VenueOrderPage, error: READ_PROBLEMS })
) {}

/** The routes of live-gateway. */
export class VenueApi extends contractApi(HttpApi.make("live-gateway").add(Venue)) {}
