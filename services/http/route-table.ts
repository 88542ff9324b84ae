import type { HttpApi } from "effect/http-api"

/** Which methods a path takes: asked only when no route answered. */
export type RouteTable = { readonly methodsOf: (url: string) => ReadonlyArray<string> }

/** Of the routes of some APIs and of others that are no part of one (`GET /docs`). */
export const routeTable = (
  apis: ReadonlyArray<HttpApi.Top>,
  others: ReadonlyArray<readonly [string, string]>
): RouteTable => {
  const described = apis
    .flatMap((api) => Object.values(api.groups))
    .flatMap((group) => Object.values(group.endpoints))
    .map(({ method, path }) => [method, path] as const)
  const routes = [...described, ...others].map(([method, path]) => ({ method, pattern: patternOf(path) }))
  return {
    methodsOf: (url) => {
      const path = url.split("?", 1)[0]!
      return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
    }
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&").replace(/:[A-Za-z]+/gu, "[^/]+")}$`, "u")
