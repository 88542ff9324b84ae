import { HttpApiBuilder } from "effect/http-api"
import { Allot, KillSwitch, MoveGroup, PlaceHalt, SetLimits } from "#services/contract/limits.ts"
import { NewOrder } from "#services/contract/orders.ts"
import { decoder } from "#services/http/decode.ts"
import { answer, answerBody } from "#services/http/handle.ts"
import { type Mount, mount } from "#services/http/mount.ts"
import { RiskApi } from "./api.ts"
import type { Risk } from "./contract.ts"

const decodeSetLimits = decoder(SetLimits)
const decodePlaceHalt = decoder(PlaceHalt)
const decodeKill = decoder(KillSwitch)
const decodeAllot = decoder(Allot)
const decodeMoveGroup = decoder(MoveGroup)
const decodeNewOrder = decoder(NewOrder)

/** The routes of risk, answered by `risk`; below `prefix` when another service shows them too. */
export const riskRoutes = (risk: Risk, prefix?: `/${string}`): Mount => {
  const api = prefix === undefined ? RiskApi : (RiskApi.prefix(prefix) as unknown as typeof RiskApi)
  return mount(
    api,
    HttpApiBuilder.group(api, "risk", (handlers) =>
      handlers
        .handle("limits", ({ query, request }) => answer(request, (meta) => risk.limits(query, meta)))
        .handle("level", ({ params, query, request }) =>
          answer(request, (meta) => risk.level({ ...params, ...query }, meta))
        )
        .handleRaw("setLimits", ({ request }) => answerBody(request, decodeSetLimits, risk.setLimits))
        .handleRaw("allot", ({ request }) => answerBody(request, decodeAllot, risk.allot))
        .handleRaw("move", ({ request }) => answerBody(request, decodeMoveGroup, risk.move))
        .handleRaw("check", ({ request }) => answerBody(request, decodeNewOrder, risk.check))
        .handle("halts", ({ query, request }) => answer(request, (meta) => risk.halts(query, meta)))
        .handleRaw("halt", ({ request }) => answerBody(request, decodePlaceHalt, risk.halt))
        .handleRaw("kill", ({ request }) => answerBody(request, decodeKill, risk.kill))
        .handle("resume", ({ params, request }) => answer(request, (meta) => risk.resume(params.id, meta)))
    )
  )
}
