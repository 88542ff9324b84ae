import { Schema } from "effect"
import type { AccountId } from "./ids.ts"
import type { Time } from "./time.ts"

/** What a decider says happened. `effectiveAt` is when it was true; without it, when it is recorded. */
export type Fact<Type extends string = string, Data = unknown> = {
  readonly type: Type
  readonly account?: AccountId
  readonly effectiveAt?: Time
  readonly data: Data
}

/** A fact as it stands in the ledger, with its number in the partition, both times and who caused it. */
export type Recorded<Event extends Fact = Fact> = Event extends Fact
  ? {
      readonly eventNo: number
      readonly type: Event["type"]
      readonly v: number
      readonly recordedAt: Time
      readonly effectiveAt: Time
      /** who: `api`, `strategy:demo`, `venue:paper`, `system` */
      readonly actor: string
      /** the id of the command that caused it */
      readonly cause: string
      /** what ties one story together: an order's id, or the first command's */
      readonly correlation: string
      readonly trace?: string
      readonly account?: AccountId
      readonly data: Event["data"]
    }
  : never

/** One event type: its name, its version, the schema of its data. Stored for ever: any change is a new version. */
export type EventDefinition<Type extends string = string, Data extends Schema.Struct.Fields = Schema.Struct.Fields> = {
  readonly type: Type
  readonly v: number
  readonly data: Schema.Struct<Data>
  /** from version n to n + 1, on the stored JSON */
  readonly upcasts: Readonly<Record<number, (data: Record<string, unknown>) => Record<string, unknown>>>
}

export const defineEvent = <const Type extends string, const Fields extends Schema.Struct.Fields>(
  type: Type,
  fields: Fields,
  options: { v?: number; upcasts?: EventDefinition["upcasts"] } = {}
): EventDefinition<Type, Fields> => ({
  type,
  v: options.v ?? 1,
  data: Schema.Struct(fields),
  upcasts: options.upcasts ?? {}
})

/** The fact that a definition describes. */
export type FactOf<D> =
  D extends EventDefinition<infer Type, infer Fields> ? Fact<Type, Schema.Struct.Type<Fields>> : never
