import { Schema } from "effect"

export const HealthStatus = Schema.Literals(["ok", "degraded", "down"])
export type HealthStatus = typeof HealthStatus.Type
/** One thing that a service depends on. */
export const HealthCheck = Schema.Struct({ status: HealthStatus, detail: Schema.optionalKey(Schema.String) })
export type HealthCheck = typeof HealthCheck.Type
/** Answer of `GET /health`: 200 while it can work (`ok`, `degraded`), 503 when it is `down`. */
export const HealthBody = Schema.Struct({
  status: HealthStatus,
  service: Schema.String,
  version: Schema.String,
  checks: Schema.Record(Schema.String, HealthCheck)
}).annotate({ identifier: "Health" })
export type HealthBody = typeof HealthBody.Type

/** What the gateway's page shows of the platform: its services with their addresses, and what it trades. */
export const OverviewBody = Schema.Struct({
  account: Schema.String,
  symbols: Schema.Array(Schema.String),
  services: Schema.Array(
    Schema.Struct({
      service: Schema.String,
      url: Schema.String,
      status: HealthStatus,
      version: Schema.String,
      checks: Schema.Record(Schema.String, HealthCheck)
    })
  )
}).annotate({ identifier: "Overview" })
export type OverviewBody = typeof OverviewBody.Type
