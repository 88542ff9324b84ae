import type { OwnerId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"

/** Who is behind an owner's id. This is all that is kept of a person, and it is kept nowhere else. */
export type Person = {
  readonly name: string
  readonly email?: string
  readonly phone?: string
  readonly address?: string
}

/** What is known of an owner; of a forgotten one, that there was something and since when it is gone. */
export type KnownPerson =
  | { readonly kind: "known"; readonly owner: OwnerId; readonly person: Person; readonly updatedAt: Time }
  | { readonly kind: "forgotten"; readonly owner: OwnerId; readonly forgottenAt: Time }

/**
 * The side store of people: the ledger holds opaque owner ids, and this says whose they are. It can forget, the ledger
 * cannot. Every adapter passes `tests/contracts/people.ts`.
 */
export type People = {
  /** for messages: `memory`, `sqlite:FILE` */
  readonly name: string
  readonly find: (owner: OwnerId) => Promise<KnownPerson | undefined>
  /** Durable when it resolves; what was known before is replaced. Fails with {@link PersonForgotten}. */
  readonly put: (owner: OwnerId, person: Person, at: Time) => Promise<"created" | "replaced">
  /**
   * Forgets for good: when it resolves, nothing that was ever put under this owner is left in what the store keeps, and
   * the moment is. Again it answers the first moment; undefined for an owner of whom nothing was ever known. Fails with
   * {@link NotYetGone} when the fact is kept but bytes may be left.
   */
  readonly forget: (owner: OwnerId, at: Time) => Promise<Time | undefined>
  readonly close: () => Promise<void>
}

/** An owner who was forgotten stays so: data that an import brings again would be kept against the person's will. */
export class PersonForgotten extends Error {
  override readonly name = "PersonForgotten"
}

/** The store could not clean up after forgetting: it does so when it is asked again, or opened again. */
export class NotYetGone extends Error {
  override readonly name = "NotYetGone"
}

export const forgottenText = (owner: OwnerId, forgottenAt: Time): string =>
  `${owner} was forgotten on ${forgottenAt.slice(0, 10)} and stays so: open accounts under another owner`
