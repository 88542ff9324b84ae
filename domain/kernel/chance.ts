import { highHalf, isTakenWhole, lowHalf, takeHalves } from "./int64.ts"

/**
 * Chance without state: the same keys give the same number on every machine and in every run, so that a venue or a
 * simulator can be asked again about any moment. Mixing as in MurmurHash3's finaliser (Appleby).
 */
const mix = (h: number): number => {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A 32-bit number of the keys; whole numbers count up to 2^53, texts by their characters. */
export const chanceOf = (...keys: ReadonlyArray<number | string>): number => {
  let h = 0x9e3779b9
  for (const key of keys) h = chanceAfter(h, key)
  return h
}
/** `chanceOf(a, b)` is `chanceAfter(chanceOf(a), b)`: for whoever asks often after the same keys. */
export const chanceAfter = (before: number, key: number | string): number => {
  let h = before
  if (typeof key === "number") h = mix(mix(h ^ (key >>> 0)) + Math.floor(key / 0x1_0000_0000))
  else for (let i = 0; i < key.length; i++) h = mix(h + key.charCodeAt(i))
  return mix(h + 0x9e3779b9)
}

/** At least 0 and below 1. */
export const fractionOf = (...keys: ReadonlyArray<number | string>): number => chanceOf(...keys) / 0x1_0000_0000

// The two halves of a digest on its way. One pass over two accumulators, as in the public-domain cyrb53.
let left = 0
let right = 0
const begin = (): void => {
  left = 0xdeadbeef
  right = 0x41c6ce57
}
const addText = (text: string): void => {
  let a = left
  let b = right
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x9e3779b1)
    b = Math.imul(b ^ code, 0x5f356495)
  }
  left = a
  right = b
}
/** Two numbers hold 64 bits; what is larger is rare enough to be written out. */
const addAmount = (amount: bigint): void => {
  takeHalves(amount)
  if (!isTakenWhole(amount)) return addText(String(amount))
  const low = lowHalf()
  const high = highHalf()
  left = Math.imul(Math.imul(left ^ low, 0x9e3779b1) ^ high, 0x85ebca6b)
  right = Math.imul(Math.imul(right ^ high, 0x5f356495) ^ low, 0xc2b2ae35)
}
/** What ends a part, so that what is left out is not the same as what comes next. */
const endPart = (): void => {
  left = Math.imul(left ^ 0x7c, 0x9e3779b1)
  right = Math.imul(right ^ 0x7c, 0x5f356495)
}

/** 53 bits of texts and amounts, to tell two contents apart. Amounts go in as numbers: writing them out costs more. */
export const digestOf = (...parts: ReadonlyArray<string | bigint | undefined>): number => {
  begin()
  for (const part of parts) {
    if (typeof part === "string") addText(part)
    else if (part !== undefined) addAmount(part)
    endPart()
  }
  return (mix(right) & 0x1f_ffff) * 0x1_0000_0000 + mix(left)
}

/** 64 bits of texts, in two numbers. */
export const wideDigestOf = (...texts: ReadonlyArray<string>): { readonly high: number; readonly low: number } => {
  begin()
  for (const text of texts) {
    addText(text)
    endPart()
  }
  return { high: mix(right), low: mix(left) }
}
