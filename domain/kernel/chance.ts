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
  for (const key of keys) {
    if (typeof key === "number") h = mix(mix(h ^ (key >>> 0)) + Math.floor(key / 0x1_0000_0000))
    else for (let i = 0; i < key.length; i++) h = mix(h + key.charCodeAt(i))
    h = mix(h + 0x9e3779b9)
  }
  return h
}

/** At least 0 and below 1. */
export const fractionOf = (...keys: ReadonlyArray<number | string>): number => chanceOf(...keys) / 0x1_0000_0000

/**
 * 53 bits of a text, to tell two texts apart in memory (never across programs). One pass over two accumulators, as in
 * the public-domain cyrb53.
 */
export const digestOf = (text: string): number => {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x9e3779b1)
    b = Math.imul(b ^ code, 0x5f356495)
  }
  return (mix(b) & 0x1f_ffff) * 0x1_0000_0000 + mix(a)
}
