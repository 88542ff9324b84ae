// Entries and transfers as a caller writes them, amounts as text.
import type { Entry, PostEntry, Transfer } from "#domain/account/entries.ts"
import type { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { BTC, instrument, Story, USDT } from "./story.ts"

export const ETH = "ETHUSDT" as Symbol

const AMOUNTS = new Set(["amount", "perUnit", "quantity", "taxWithheld", "price"])
type Texts = { readonly kind: Entry["kind"] } & Readonly<Record<string, unknown>>
const scaled = (texts: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, AMOUNTS.has(key) ? parseFixed(value as string) : value])
  )

/** Where nothing is said: USDT, BTCUSDT. */
export const entry = (texts: Texts): Entry => {
  const isMoney = texts.kind === "fee" || texts.kind === "interest"
  return { ...(isMoney ? { currency: USDT } : { symbol: BTC }), ...scaled(texts) } as unknown as Entry
}
export const posting = (texts: Texts, more: Partial<PostEntry> = {}): PostEntry => ({
  type: "PostEntry",
  account: "A" as AccountId,
  entry: entry(texts),
  ...more
})
export const moving = (texts: Readonly<Record<string, string>>, more: Partial<Transfer> = {}): Transfer => ({
  type: "Transfer",
  account: "A" as AccountId,
  to: "B" as AccountId,
  moved: scaled("quantity" in texts ? { symbol: BTC, ...texts } : { currency: USDT, ...texts }) as Transfer["moved"],
  ...more
})

/** As a story begins, with ETHUSDT beside BTCUSDT. */
export const begun = (eth: Partial<Instrument> = {}): Story => {
  const story = Story.begun()
  story.send({
    type: "AdoptInstrument",
    instrument: instrument("ETHUSDT", { lot: parseFixed("0.1") as never, ...eth })
  })
  return story
}
export const marginAccount = (story: Story, account = "M"): void => {
  const ids = { account, owner: "owner-M", group: "M" } as never as { account: AccountId; owner: never; group: never }
  story.send({ type: "OpenAccount", ...ids, accountType: "margin", currency: USDT as Currency })
}
