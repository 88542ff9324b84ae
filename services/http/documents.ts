import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApi, type HttpApiGroup, HttpApiSwagger, OpenApi } from "effect/http-api"

/** The paths of {@link documentRoutes}. */
export const DOCUMENTS = [
  ["GET", "/openapi.json"],
  ["GET", "/docs"]
] as const

/** `/openapi.json` and `/docs` of all that a service serves. */
export const documentRoutes = (name: string, version: string, apis: ReadonlyArray<HttpApi.Top>) => {
  const empty = HttpApi.make(name)
    .annotate(OpenApi.Title, `Trade2026 ${name}`)
    .annotate(OpenApi.Version, version)
    .annotate(OpenApi.Transform, withoutTwins)
  // of the groups only the description is read here, so their types do not matter
  const whole = apis.reduce(
    (all, api) => all.addHttpApi(api as never),
    empty as unknown as HttpApi.Top
  ) as unknown as HttpApi.HttpApi<string, HttpApiGroup.Constraint>
  // made when it is first asked for: nobody waits for it at the start
  let document: HttpServerResponse.HttpServerResponse | undefined = undefined
  const openapi = Effect.sync(() => (document ??= HttpServerResponse.jsonUnsafe(OpenApi.fromApi(whole))))
  return Layer.merge(HttpRouter.add("GET", "/openapi.json", openapi), HttpApiSwagger.layer(whole, { path: "/docs" }))
}

type Document = { readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> } }

/** One body under several statuses is written as Problem, Problem_1, Problem_2 ...: they become one again. */
const withoutTwins = (document: Document): Record<string, unknown> => {
  let text = JSON.stringify(document)
  const schemas = document.components?.schemas ?? {}
  const names = Object.keys(schemas).filter((name) => {
    const first = name.replace(/_\d+$/u, "")
    const isTwin = first !== name && JSON.stringify(schemas[first]) === JSON.stringify(schemas[name])
    if (isTwin) text = text.replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${first}"`)
    return !isTwin
  })
  const merged = JSON.parse(text) as { components: { schemas: Record<string, unknown> } }
  merged.components.schemas = Object.fromEntries(names.map((name) => [name, merged.components.schemas[name]]))
  return merged
}
