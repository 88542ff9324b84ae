import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/**
 * Where the simulated market stands: a platform that is started again goes on with its seed and number. `watchedTo`: the
 * number up to which every trigger of a stop that is watched here was recorded.
 */
export type MarketPlace = { readonly seed: number; readonly no: number; readonly watchedTo?: number }

const file = (data: string): string => join(data, "market.json")

/** What the last run left, or nothing; a file that cannot be read counts as nothing, since the ledger has numbers too. */
export const readMarketPlace = (data: string): MarketPlace | undefined => {
  try {
    const { seed, no, watchedTo } = JSON.parse(readFileSync(file(data), "utf8")) as Partial<MarketPlace>
    if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(no)) return undefined
    return { seed: seed!, no: no!, ...(Number.isSafeInteger(watchedTo) && { watchedTo: watchedTo! }) }
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
