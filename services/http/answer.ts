/** One field that is at fault, and why in plain words. */
export type FieldFault = { readonly field: string; readonly reason: string }

/** The statuses by which a request is refused (the meaning of each is in the contract). */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 426 | 429 | 500 | 503

/** Why there is no answer. `code` is for programs (`UnknownAccount`), `detail` for people. */
export type Refused = {
  readonly status: RefusalStatus
  readonly code: string
  readonly detail: string
  readonly errors?: ReadonlyArray<FieldFault>
  /** sent as `Retry-After`; a 503 without it says 1 */
  readonly retryAfterSeconds?: number
}

/** What a handler's collaborator says: a body with its status, or a problem. It throws only when something is broken. */
export type Answer<T> = { readonly status: 200 | 201; readonly body: T } | { readonly problem: Refused }

/** Who asks. */
export type Meta = {
  readonly requestId: string
  /** the `traceparent` header (W3C Trace Context), when there is a well-formed one */
  readonly trace?: string
  /** recorded with the events: `api` */
  readonly actor: string
}

export const ok = <T>(body: T): Answer<T> => ({ status: 200, body })
export const created = <T>(body: T): Answer<T> => ({ status: 201, body })
export const refused = (
  status: RefusalStatus,
  code: string,
  detail: string,
  more?: Partial<Refused>
): { readonly problem: Refused } => ({
  problem: { ...more, status, code, detail }
})
