import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { AccountId } from "#domain/kernel/ids.ts"
import { readFields } from "#services/contract/fields.ts"
import { PnlBody } from "#services/contract/pnl.ts"
import { contractApi } from "#services/http/mount.ts"
import { READ_PROBLEMS } from "#services/http/problem.ts"

class Live extends HttpApiGroup.make("pnl").add(
  HttpApiEndpoint.get("realtime", "/pnl/realtime", {
    query: { account: AccountId, ...readFields },
    success: PnlBody,
    error: READ_PROBLEMS
  })
) {}

/** The routes of pnl. */
export class PnlApi extends contractApi(HttpApi.make("pnl").add(Live)) {}
