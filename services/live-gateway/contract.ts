import type { Page, PageQuery } from "#services/contract/fields.ts"
import type {
  ResolvedBody,
  ResolveSuspended,
  SuspendedBody,
  VenueOrderBody,
  VenueStatusBody
} from "#services/contract/venue.ts"
import type { Answer, Meta } from "#services/http/answer.ts"

/** What the routes of live-gateway ask for. */
export type VenueDesk = {
  readonly status: (meta: Meta) => Promise<Answer<VenueStatusBody>>
  /** Orders that rest at the venue, as the venue sees them. */
  readonly orders: (query: PageQuery, meta: Meta) => Promise<Answer<Page<VenueOrderBody>>>
  /** Reports that nobody understood or that have no place in the books, oldest first. */
  readonly suspense: (query: PageQuery, meta: Meta) => Promise<Answer<Page<SuspendedBody>>>
  /** 409 `StillSuspended` when it could not be recorded this time either. */
  readonly resolve: (id: string, input: ResolveSuspended, meta: Meta) => Promise<Answer<ResolvedBody>>
}
