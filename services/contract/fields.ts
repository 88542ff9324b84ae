import { Effect, Schema, SchemaGetter, SchemaIssue } from "effect"
import { FreeText } from "#domain/kernel/free-text.ts"
import { type Time, timeOfText } from "#domain/kernel/time.ts"

/** Decimal text in answers: no exponent, no trailing zeros. */
export const DecimalText = Schema.String.annotate({ identifier: "DecimalText", examples: ["65000.125"] })
/** RFC 3339 in UTC with up to nine decimals of a second. */
export const TimeText = Schema.String.annotate({ identifier: "TimeText", format: "date-time" })
/** `partition:eventNo`; of several partitions with commas between. */
export const Position = Schema.String.check(
  Schema.isPattern(/^\d{1,9}:\d{1,15}(?:,\d{1,9}:\d{1,15}){0,999}$/u, {
    expected: "partition:eventNo, of several partitions with commas between"
  })
).annotate({
  identifier: "Position",
  examples: ["0:1042"]
})
export type Position = string

/** Any RFC 3339 time, with its offset, on the way in. */
export const TimeInput = Schema.String.annotate({ identifier: "TimeInput", format: "date-time" }).pipe(
  Schema.decodeTo(Schema.String.pipe(Schema.brand("Time")), {
    decode: SchemaGetter.transformEffect((text: string) => {
      const time = timeOfText(text)
      return time === undefined
        ? Effect.fail(
            new SchemaIssue.InvalidValue({
              message: "not an RFC 3339 time",
              undecodable: true
            } as Schema.Annotations.Issue)
          )
        : Effect.succeed(time as string)
    }),
    encode: SchemaGetter.transform((time: string) => time)
  })
) satisfies Schema.Codec<Time, string>

/** Free text of the caller that is kept with a fact. */
export const Note = FreeText

/** A whole number in a query. */
const WholeText = Schema.String.annotate({ identifier: "WholeNumber" }).pipe(
  Schema.decodeTo(Schema.Int, {
    decode: SchemaGetter.transformEffect((text: string) =>
      /^\d{1,9}$/u.test(text)
        ? Effect.succeed(Number(text))
        : Effect.fail(
            new SchemaIssue.InvalidValue({
              message: "not a whole number",
              undecodable: true
            } as Schema.Annotations.Issue)
          )
    ),
    encode: SchemaGetter.transform(String)
  })
)
const PageSize = WholeText.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))
/** Of several partitions the one that is meant. */
export const PartitionText = WholeText

/** Of every list: where to go on, and how many at most (100 unless told). */
export const pageFields = {
  after: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[\w.:~-]{1,200}$/u))),
  limit: Schema.optionalKey(PageSize),
  atLeast: Schema.optionalKey(Position)
}
/** What `after`, `limit` and `atLeast` decode to. */
export type PageQuery = { readonly after?: string; readonly limit?: number; readonly atLeast?: Position }
/** Of a single thing that is read. */
export const readFields = { atLeast: Schema.optionalKey(Position) }
export type ReadQuery = { readonly atLeast?: Position }
/** One page; `next` goes into `after`. */
export type Page<T> = { readonly items: ReadonlyArray<T>; readonly next?: string }
