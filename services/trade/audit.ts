import { balances } from "#projections/balances/balances.ts"
import { events } from "#projections/events/events.ts"
import { orders } from "#projections/orders/orders.ts"
import { positions } from "#projections/positions/positions.ts"
import { NONE, type LedgerEvent } from "#projections/projection.ts"
import type { RowFold } from "#streams/fold.ts"
import { auditOrder, type OrderStory } from "#services/reports/audit-order.ts"
import { askPlatform } from "./ask-platform.ts"
import { catchUp, foldOf } from "./catch-up.ts"
import { writeProof } from "./order-proof.ts"
import { logPlace } from "./places.ts"
import { storyText } from "./story-text.ts"
import { CannotDo, WrongUsage, type Tools } from "./tools.ts"
import { LEDGER_OPTIONS, type Said, type Verb } from "./usage.ts"

export const audit: Verb = {
  words: "order ID",
  about: `The whole story of an order: the command, each risk check with the numbers that it compared, the events with both
times, who caused them and the commits that hold them, fills with their double entries, and what the account had
after each. Every commit on the way is checked. --proof writes what a stranger needs to check the order's events
against a signed anchor ("verify-proof"), and shows no other event: paths of the Merkle trees, and of the commits
between only their hashes. It is signed with the key of the data folder, so it is made there.`,
  options: { ...LEDGER_OPTIONS, proof: { value: "FILE", help: "write a proof of the order's events instead" } },
  examples: ["audit order 0-17", "audit order 0-17 --proof order.json"],
  run: async (said, tools) => {
    const [what, orderId, more] = said.words
    if (what !== "order" || orderId === undefined || more !== undefined)
      throw new WrongUsage("audit what? Give: order ID")
    if (!/^\d{1,9}-\d{1,15}$/u.test(orderId)) throw new WrongUsage(`${orderId} is no order id: they look like 0-17`)
    const file = said.text("proof")
    if (file !== undefined) return await writeProof(said, tools, orderId, file)
    const answered = await askPlatform(said, tools, `/api/audit/orders/${orderId}`)
    const story = answered === undefined ? await fromLedger(said, tools, orderId) : (answered as OrderStory)
    return { ok: true, json: story, text: storyText(story) }
  }
}

/** Read from the ledger itself, so that an auditor depends on nothing that was derived from it before. */
const fromLedger = async (said: Said, tools: Tools, orderId: string): Promise<OrderStory> => {
  const partition = Number(orderId.split("-")[0])
  const log = await tools.openLog(logPlace(said, tools))
  try {
    const rows = tools.memoryRows()
    const ofOne = [ofOrder(foldOf(events), orderId), ofOrder(foldOf(orders), orderId)]
    await catchUp(tools, log, rows, [...ofOne, foldOf(positions), foldOf(balances)], partition)
    const result = await auditOrder(rows, orderId)
    if ("refused" in result) throw new CannotDo(result.refused.code, result.refused.detail)
    return result.report
  } finally {
    await log.close()
  }
}

/** A projection of one order only. */
const ofOrder = (projection: RowFold<LedgerEvent>, orderId: string): RowFold<LedgerEvent> => ({
  ...projection,
  keysOf: (event: LedgerEvent) =>
    "orderId" in event.data && event.data.orderId === orderId ? projection.keysOf(event) : NONE
})
