import type { Page } from "#services/contract/fields.ts"
import type {
  Allot,
  AllotmentBody,
  HaltBody,
  HaltsQuery,
  KillBody,
  KillSwitch,
  LevelBody,
  LevelQuery,
  LimitQuery,
  LimitsBody,
  MoveBody,
  MoveGroup,
  PlaceHalt,
  RiskAnswer,
  SetLimits
} from "#services/contract/limits.ts"
import type { NewOrder } from "#services/contract/orders.ts"
import type { Answer, Meta } from "#services/http/answer.ts"

/** What the routes of risk ask for: limits and halts are set through commands, like everything. */
export type Risk = {
  readonly limits: (query: LimitQuery, meta: Meta) => Promise<Answer<LimitsBody>>
  /** What one level has itself, whether or not anybody is judged by it. */
  readonly level: (query: LevelQuery, meta: Meta) => Promise<Answer<LevelBody>>
  /** Answers the level's limits as they are after the change. */
  readonly setLimits: (input: SetLimits, meta: Meta) => Promise<Answer<LevelBody>>
  readonly allot: (input: Allot, meta: Meta) => Promise<Answer<AllotmentBody>>
  /** What the order would get; records nothing. */
  readonly check: (input: NewOrder, meta: Meta) => Promise<Answer<RiskAnswer>>
  /** Answered when the other partition has the group, or does not take it, or after 5 s. */
  readonly move: (input: MoveGroup, meta: Meta) => Promise<Answer<MoveBody>>
  readonly halts: (query: HaltsQuery, meta: Meta) => Promise<Answer<Page<HaltBody>>>
  readonly halt: (input: PlaceHalt, meta: Meta) => Promise<Answer<HaltBody>>
  /** Halts and cancels everything in one command; answered when the venue has confirmed all, or after 5 s. */
  readonly kill: (input: KillSwitch, meta: Meta) => Promise<Answer<KillBody>>
  /** Lifts a halt; 404 when there is none of that id. */
  readonly resume: (haltId: string, meta: Meta) => Promise<Answer<HaltBody>>
}
