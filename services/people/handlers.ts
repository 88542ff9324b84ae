import { HttpApiBuilder } from "effect/http-api"
import { PutPerson } from "#services/contract/people.ts"
import { decoder } from "#services/http/decode.ts"
import { answer, answerBody } from "#services/http/handle.ts"
import { type Mount, mount } from "#services/http/mount.ts"
import { PeopleApi } from "./api.ts"
import type { PeopleDesk } from "./desk.ts"

const decodePutPerson = decoder(PutPerson)

/** The routes of people; below `prefix` when another service shows them too. */
export const peopleRoutes = (desk: PeopleDesk, prefix?: `/${string}`): Mount => {
  const api = prefix === undefined ? PeopleApi : (PeopleApi.prefix(prefix) as unknown as typeof PeopleApi)
  return mount(
    api,
    HttpApiBuilder.group(api, "people", (handlers) =>
      handlers
        .handleRaw("put", ({ params, request }) =>
          answerBody(request, decodePutPerson, (input) => desk.put(params.owner, input))
        )
        .handle("one", ({ params, request }) => answer(request, () => desk.one(params.owner)))
        .handle("forget", ({ params, request }) => answer(request, () => desk.forget(params.owner)))
    )
  )
}
