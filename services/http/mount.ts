import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import type { Etag, HttpPlatform, HttpRouter } from "effect/http"
import { HttpApi, HttpApiBuilder, type HttpApiError, type HttpApiGroup, HttpApiMiddleware } from "effect/http-api"
import type { FileSystem, Path } from "effect"
import { refusedBy } from "./decode.ts"
import { metaOf } from "./meta.ts"
import { problemResponse } from "./problem.ts"

/** What a server gives to the routes it serves. */
export type ServerServices =
  | HttpRouter.HttpRouter
  | HttpPlatform.HttpPlatform
  | Etag.Generator
  | FileSystem.FileSystem
  | Path.Path

/** Routes that a server can serve: their description, for OpenAPI, and what answers them. */
export type Mount = {
  readonly api?: HttpApi.Top
  readonly layer: Layer.Layer<never, never, ServerServices>
}

/** Says what is wrong with a path or a query in the shape of the contract. */
class Problems extends HttpApiMiddleware.Service<Problems>()("trade2026/services/http/Problems") {
  static readonly layer = HttpApiMiddleware.layerSchemaErrorTransform(Problems, (error) =>
    Effect.map(HttpServerRequest.HttpServerRequest, (request) =>
      problemResponse(refusedIn(error), metaOf(request).requestId)
    )
  )
}

const refusedIn = ({ cause, kind }: HttpApiError.HttpApiSchemaError) => {
  const refused = refusedBy(cause.issue, kind.toLowerCase())
  // an id that cannot exist is simply not there
  return kind === "Params" ? ({ ...refused, status: 404, code: "NotFound" } as const) : refused
}

/** An API of one or more groups whose paths, queries and errors follow the contract; unknown parameters are refused. */
export const contractApi = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
) =>
  api
    .middleware(Problems)
    .annotate(HttpApi.ParseOptions, { errors: "all", onExcessProperty: "error" })
    .annotate(HttpApi.HeadersParseOptions, {})

/** Puts an API and its handlers together. */
export const mount = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  handlers: Layer.Layer<HttpApiGroup.ToService<Id, Groups>, never, Problems | ServerServices>
): Mount => ({
  api: api as unknown as HttpApi.Top,
  layer: HttpApiBuilder.layer(api).pipe(Layer.provide(handlers), Layer.provide(Problems.layer)) as Mount["layer"]
})
