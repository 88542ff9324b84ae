import { PROJECTIONS } from "#projections/all.ts"
import { balances } from "#projections/balances/balances.ts"
import { events } from "#projections/events/events.ts"
import { marks } from "#projections/marks/marks.ts"
import { positions } from "#projections/positions/positions.ts"
import { NONE, type LedgerEvent } from "#projections/projection.ts"
import { holderOf } from "#services/reports/holder.ts"
import { pnlAt, type PnlQuestion } from "#services/reports/pnl-at.ts"
import { parsePosition } from "#services/reports/position-text.ts"
import type { Report } from "#services/reports/report.ts"
import { placedBy } from "#streams/account-directory.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { askPlatform } from "./ask-platform.ts"
import { catchUp, foldOf } from "./catch-up.ts"
import { hasStore, logPlace, PARTITION_OPTION, partitionsIn, partitionsSaid, peopleFile, storePlace } from "./places.ts"
import { type HeldPnl, pnlText } from "./pnl-text.ts"
import { CannotDo, WrongUsage, type OpenStore, type Tools } from "./tools.ts"
import { LEDGER_OPTIONS, type Said, type Verb } from "./usage.ts"

export const report: Verb = {
  words: "pnl --account A",
  about: `P&L of an account by average cost. Unrealised P&L is from the valuation marks that were recorded.
The report names the position that it holds for; asked again for that position it gives the same figures. Who holds
the account is no part of the ledger: it is shown where the data folder knows people, until they are forgotten.`,
  options: {
    account: { value: "A", help: "the account" },
    currency: { value: "C", help: "the account's own unless given" },
    at: { value: "P:N", help: "as it was after event N of partition P, for example 0:1042" },
    ...LEDGER_OPTIONS,
    ...PARTITION_OPTION
  },
  examples: ["report pnl --account demo", "report pnl --account demo --at 0:1042 --json"],
  run: async (said, tools) => {
    if (said.words.length !== 1 || said.words[0] !== "pnl") throw new WrongUsage("which report? There is: pnl")
    const { question, path } = questionOf(said)
    const answered = await askPlatform(said, tools, path)
    if (answered !== undefined) return { ok: true, json: answered, text: pnlText(answered as HeldPnl) }
    const result = await fromHere(said, tools, question)
    if ("refused" in result) throw new CannotDo(result.refused.code, result.refused.detail)
    return { ok: true, json: result.report, text: pnlText(result.report) }
  }
}

const questionOf = (said: Said): { readonly question: PnlQuestion; readonly path: string } => {
  const [account, currency, text] = ["account", "currency", "at"].map(said.text)
  if (account === undefined) throw new WrongUsage("whose P&L? Give --account A")
  const at = text === undefined ? undefined : parsePosition(text)
  if (text !== undefined && at === undefined)
    throw new WrongUsage(`--at ${text} is no position: give partition:eventNo`)
  const query = new URLSearchParams({ account, ...(currency && { currency }), ...(text && { at: text }) })
  return {
    question: { account, ...(currency !== undefined && { currency }), ...(at !== undefined && { at }) },
    path: `/api/reports/pnl?${query.toString()}`
  }
}

/** From the data folder's store, brought up to the ledger's end; without one, from the ledger alone. */
const fromHere = async (said: Said, tools: Tools, question: PnlQuestion): Promise<Report<HeldPnl>> => {
  const asked = partitionsSaid(said)
  const log = await tools.openLog(logPlace(said, tools))
  const store = await storeIfFree(said, tools)
  try {
    const rows = store?.rows ?? tools.memoryRows()
    const projections =
      store === undefined ? [foldOf(balances), foldOf(positions), foldOf(marks), foldOf(openings)] : PROJECTIONS
    for (const partition of asked ?? (await partitionsIn(log))) await catchUp(tools, log, rows, projections, partition)
    const result = await pnlAt(rows, question)
    if ("refused" in result) return result
    const holder = await holderFrom(said, tools, rows, question.account)
    return { report: { ...result.report, ...(holder !== undefined && { holder }) } }
  } finally {
    await store?.close()
    await log.close()
  }
}

/** Whose account it is, when the data folder belongs to the ledger and has people. */
const holderFrom = async (said: Said, tools: Tools, rows: RowStore, account: string) => {
  const file = peopleFile(said, tools)
  const isAnothers = said.text("log") !== undefined && said.text("data") === undefined
  if (isAnothers || !tools.exists(file)) return undefined
  const people = await tools.openPeople(file, "look")
  try {
    return await holderOf(rows, people, account)
  } finally {
    await people.close()
  }
}

/** Of all events a report needs only those that opened accounts, or brought them. */
const openings: typeof events = {
  ...events,
  keysOf: (event: LedgerEvent) => (placedBy(event).length > 0 ? events.keysOf(event) : NONE)
}

const storeIfFree = async (said: Said, tools: Tools): Promise<OpenStore | undefined> => {
  if (!hasStore(said, tools)) return undefined
  try {
    return await tools.openStore(storePlace(said, tools))
  } catch (error) {
    tools.say(`${(error as Error).message} The report is made from the ledger alone.`)
    return undefined
  }
}
