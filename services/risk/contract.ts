import type { Page, PageQuery } from "#services/contract/fields.ts"
import type { HaltBody, LevelBody, LimitQuery, LimitsBody, PlaceHalt, SetLimits } from "#services/contract/limits.ts"
import type { Answer, Meta } from "#services/http/answer.ts"

/** What the routes of risk ask for: limits and halts are set through commands, like everything. */
export type Risk = {
  readonly limits: (query: LimitQuery, meta: Meta) => Promise<Answer<LimitsBody>>
  /** Answers the level's limits as they are after the change. */
  readonly setLimits: (input: SetLimits, meta: Meta) => Promise<Answer<LevelBody>>
  readonly halts: (query: PageQuery, meta: Meta) => Promise<Answer<Page<HaltBody>>>
  readonly halt: (input: PlaceHalt, meta: Meta) => Promise<Answer<HaltBody>>
  /** Lifts a halt; 404 when there is none of that id. */
  readonly resume: (haltId: string, meta: Meta) => Promise<Answer<HaltBody>>
}
