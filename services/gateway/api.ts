import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { OverviewBody } from "#services/contract/health.ts"
import { contractApi } from "#services/http/mount.ts"

class Platform extends HttpApiGroup.make("platform").add(
  HttpApiEndpoint.get("overview", "/api/overview", { success: OverviewBody })
) {}

/** The gateway's own routes; `/` and `/ws` are no JSON and not described here. */
export class GatewayApi extends contractApi(HttpApi.make("gateway").add(Platform)) {}
