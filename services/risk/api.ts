import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { AccountId } from "#domain/kernel/ids.ts"
import { readFields } from "#services/contract/fields.ts"
import {
  Allot,
  AllotmentBody,
  HaltBody,
  HaltPage,
  haltsQuery,
  KillBody,
  KillSwitch,
  LevelBody,
  levelParams,
  levelQuery,
  LimitsBody,
  MoveBody,
  MoveGroup,
  PlaceHalt,
  RiskAnswer,
  SetLimits
} from "#services/contract/limits.ts"
import { NewOrder } from "#services/contract/orders.ts"
import { contractApi } from "#services/http/mount.ts"
import { COMMAND_PROBLEMS, READ_PROBLEMS } from "#services/http/problem.ts"

class Limits extends HttpApiGroup.make("risk").add(
  HttpApiEndpoint.get("limits", "/risk/limits", {
    query: { account: AccountId, ...readFields },
    success: LimitsBody,
    error: READ_PROBLEMS
  }),
  HttpApiEndpoint.get("level", "/risk/limits/:scope/:id", {
    params: levelParams,
    query: levelQuery,
    success: LevelBody,
    error: READ_PROBLEMS
  }),
  HttpApiEndpoint.put("setLimits", "/risk/limits", { payload: SetLimits, success: LevelBody, error: COMMAND_PROBLEMS }),
  HttpApiEndpoint.post("allot", "/risk/allotments", {
    payload: Allot,
    success: AllotmentBody,
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.post("move", "/risk/moves", { payload: MoveGroup, success: MoveBody, error: COMMAND_PROBLEMS }),
  HttpApiEndpoint.post("check", "/risk/check", { payload: NewOrder, success: RiskAnswer, error: COMMAND_PROBLEMS }),
  HttpApiEndpoint.get("halts", "/risk/halts", { query: haltsQuery, success: HaltPage, error: READ_PROBLEMS }),
  HttpApiEndpoint.post("halt", "/risk/halts", {
    payload: PlaceHalt,
    success: HaltBody.pipe(HttpApiSchema.status(201)),
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.post("kill", "/risk/kill", { payload: KillSwitch, success: KillBody, error: COMMAND_PROBLEMS }),
  HttpApiEndpoint.delete("resume", "/risk/halts/:id", {
    params: { id: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:-]{1,64}$/u)) },
    success: HaltBody,
    error: COMMAND_PROBLEMS
  })
) {}

/** The routes of risk. */
export class RiskApi extends contractApi(HttpApi.make("risk").add(Limits)) {}
