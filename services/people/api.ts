import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { OwnerId } from "#domain/kernel/ids.ts"
import { ForgottenBody, KnownBody, PersonBody, PutPerson } from "#services/contract/people.ts"
import { contractApi } from "#services/http/mount.ts"
import { COMMAND_PROBLEMS, READ_PROBLEMS } from "#services/http/problem.ts"

const params = { owner: OwnerId }

class People extends HttpApiGroup.make("people").add(
  HttpApiEndpoint.put("put", "/people/:owner", {
    params,
    payload: PutPerson,
    success: [KnownBody.pipe(HttpApiSchema.status(201)), KnownBody.pipe(HttpApiSchema.status(200))],
    error: COMMAND_PROBLEMS
  }),
  HttpApiEndpoint.get("one", "/people/:owner", { params, success: PersonBody, error: READ_PROBLEMS }),
  HttpApiEndpoint.delete("forget", "/people/:owner", { params, success: ForgottenBody, error: COMMAND_PROBLEMS })
) {}

/** The routes of people: no part of the ledger, and never written to it. */
export class PeopleApi extends contractApi(HttpApi.make("people").add(People)) {}
