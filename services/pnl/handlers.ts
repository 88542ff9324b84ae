import { HttpApiBuilder } from "effect/http-api"
import { answer } from "#services/http/handle.ts"
import { type Mount, mount } from "#services/http/mount.ts"
import { PnlApi } from "./api.ts"
import type { Pnl } from "./contract.ts"

/** The routes of pnl, answered by `pnl`; below `prefix` when another service shows them too. */
export const pnlRoutes = (pnl: Pnl, prefix?: `/${string}`): Mount => {
  const api = prefix === undefined ? PnlApi : (PnlApi.prefix(prefix) as unknown as typeof PnlApi)
  return mount(
    api,
    HttpApiBuilder.group(api, "pnl", (handlers) =>
      handlers.handle("realtime", ({ query, request }) => answer(request, (meta) => pnl.realtime(query, meta)))
    )
  )
}
