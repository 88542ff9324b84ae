import type { AccountId } from "#domain/kernel/ids.ts"
import type { AccountWriter } from "#streams/account-writer.ts"

/** Attaches to a transfer where the account is that it goes to; whoever nobody knows is told so by the writer itself. */
export const locateTransfers = (
  writer: AccountWriter,
  whereIs: (account: AccountId) => Promise<number | undefined>
): AccountWriter => ({
  ...writer,
  submit: ({ request, ...head }) => {
    if (request.type !== "Transfer") return writer.submit({ ...head, request })
    const { toPartition: _, ...asked } = request
    return whereIs(request.to).then((toPartition) =>
      writer.submit({ ...head, request: toPartition === undefined ? asked : { ...asked, toPartition } })
    )
  }
})
