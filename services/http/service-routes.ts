import { Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { HealthBody, type HealthCheck, type HealthStatus } from "#services/contract/health.ts"
import { contractApi, type Mount, mount } from "./mount.ts"
import type { RequestMetrics } from "./request-metrics.ts"

class Service extends HttpApiGroup.make("service").add(
  HttpApiEndpoint.get("health", "/health", {
    success: [HealthBody, HealthBody.annotateKey({ description: "It is down", httpApiStatus: 503 })]
  }),
  HttpApiEndpoint.get("metrics", "/metrics", {
    success: Schema.String.annotate({ description: "Prometheus text" }).pipe(HttpApiSchema.asText())
  })
) {}
class ServiceApi extends contractApi(HttpApi.make("service").add(Service)) {}

/** Asks a service how it is. Each check is named; one that throws is down and says why. */
export type Health = () => Promise<Readonly<Record<string, HealthCheck>>>

const CHECK_SECONDS_MAX = 3

/** `/health` and `/metrics`. */
export const serviceMount = (service: string, version: string, health: Health, metrics: RequestMetrics): Mount =>
  mount(
    ServiceApi,
    HttpApiBuilder.group(ServiceApi, "service", (handlers) =>
      handlers
        .handle("health", () =>
          Effect.map(
            Effect.promise(() => healthOf(service, version, health)),
            (body) => HttpServerResponse.jsonUnsafe(body, { status: body.status === "down" ? 503 : 200 })
          )
        )
        .handle("metrics", () =>
          Effect.sync(() =>
            HttpServerResponse.text(metrics.text(), { contentType: "text/plain; version=0.0.4; charset=utf-8" })
          )
        )
    )
  )

/** What `GET /health` answers: the worst of the checks counts. */
export const healthOf = async (service: string, version: string, health: Health): Promise<HealthBody> => {
  const checks = await inTime(health()).catch((error: unknown): Record<string, HealthCheck> => ({
    self: { status: "down", detail: error instanceof Error ? error.message : String(error) }
  }))
  const has = (status: HealthStatus) => Object.values(checks).some((check) => check.status === status)
  return { status: has("down") ? "down" : has("degraded") ? "degraded" : "ok", service, version, checks }
}

const inTime = <T>(asked: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_SECONDS_MAX} s`)), CHECK_SECONDS_MAX * 1000)
  })
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
