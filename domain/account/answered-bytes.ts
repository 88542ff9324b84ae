import { count, listOf, mapOf, real, recordOf, text, wordOf, type Form } from "#domain/bytes/form.ts"
import type { ByteReader } from "#domain/bytes/reader.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { AnsweredCommands, CarriedAnswer } from "./answered.ts"
import { RecentAnswers, type AnswerColumns, type Oldest } from "./recent-answers.ts"

const reals: Form<Float64Array> = {
  shape: "reals",
  write: (to, values) => to.column(values),
  read: (from: ByteReader) => from.reals()
}
const counts32: Form<Uint32Array> = {
  shape: "counts32",
  write: (to, values) => to.column(values),
  read: (from: ByteReader) => from.counts32()
}
const columns = recordOf<AnswerColumns>({
  high: counts32,
  low: counts32,
  nanos: counts32,
  owner: reals,
  content: reals,
  first: reals,
  last: reals,
  seconds: reals,
  order: reals,
  made: reals
})
const recent: Form<RecentAnswers> = {
  shape: columns.shape,
  write: (to, answers) => columns.write(to, answers.columns()),
  read: (from) => RecentAnswers.of(columns.read(from))
}

const oldest = recordOf<Oldest>({
  owner: real,
  high: count,
  low: count,
  content: real,
  first: count,
  last: count,
  at: wordOf<Time>(),
  order: real,
  made: real
})

/** What is remembered of commands and reports that were answered. */
export const answeredForm = recordOf<AnsweredCommands>({
  recent,
  pinned: mapOf(text, oldest),
  pinnedByOrder: mapOf(real, listOf(text)),
  ahead: mapOf(text, oldest),
  carried: mapOf(
    text,
    recordOf<CarriedAnswer>({
      content: real,
      first: count,
      last: count,
      at: wordOf<Time>(),
      partition: count,
      made: real
    })
  ),
  floorMicros: real,
  newest: recordOf<NonNullable<AnsweredCommands["newest"]>>({ owner: real, id: text, last: count }),
  most: count
})
