import type { OwnerId } from "#domain/kernel/ids.ts"
import { events, type EventRow } from "#projections/events/events.ts"
import type { HolderBody } from "#services/contract/people.ts"
import type { People } from "#streams/ports/people.ts"
import type { RowStore } from "#streams/ports/row-store.ts"

/**
 * Whose account it is, as far as somebody knows or has known: read when it is asked, since the ledger holds the owner's
 * id only. After forgetting it says since when there is a gap.
 */
export const holderOf = async (
  store: RowStore,
  people: Pick<People, "find">,
  account: string
): Promise<HolderBody | undefined> => {
  const [opened] = await store.find(events, { where: { type: "AccountOpened", account }, limit: 1 })
  if (opened === undefined) return undefined
  const { owner } = JSON.parse((opened.row as unknown as EventRow).data) as { owner: OwnerId }
  const found = await people.find(owner)
  if (found === undefined) return undefined
  return found.kind === "known" ? { owner, name: found.person.name } : { owner, forgottenAt: found.forgottenAt }
}
