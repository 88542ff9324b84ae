import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Where the simulated market stands: a platform that is started again goes on with its seed and number. */
export type MarketPlace = { readonly seed: number; readonly no: number }

const file = (data: string): string => join(data, "market.json")

/** What the last run left, or nothing; a file that cannot be read counts as nothing, since the ledger has numbers too. */
export const readMarketPlace = (data: string): MarketPlace | undefined => {
  try {
    const { seed, no } = JSON.parse(readFileSync(file(data), "utf8")) as Partial<MarketPlace>
    return Number.isSafeInteger(seed) && Number.isSafeInteger(no) ? { seed: seed!, no: no! } : undefined
  } catch {
    return undefined
  }
}

/** Replaced as a whole, so that a kill in the middle leaves the old one. */
export const writeMarketPlace = (data: string, place: MarketPlace): void => {
  const next = `${file(data)}.next`
  writeFileSync(next, `${JSON.stringify(place)}\n`)
  renameSync(next, file(data))
}
