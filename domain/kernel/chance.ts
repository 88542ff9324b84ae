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
 * 53 bits of texts and amounts, to tell two contents apart in memory (never across programs). One pass over two
 * accumulators, as in the public-domain cyrb53; amounts go in as numbers, because writing them out costs more than this.
 */
export const digestOf = (...parts: ReadonlyArray<string | bigint | undefined>): number => {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (const given of parts) {
    // two numbers hold 64 bits; what is larger is rare enough to be written out
    const part = typeof given === "bigint" && BigInt.asIntN(64, given) !== given ? String(given) : given
    if (typeof part === "string") {
      for (let i = 0; i < part.length; i++) {
        const code = part.charCodeAt(i)
        a = Math.imul(a ^ code, 0x9e3779b1)
        b = Math.imul(b ^ code, 0x5f356495)
      }
    } else if (part !== undefined) {
      const low = Number(BigInt.asUintN(32, part))
      const high = Number(BigInt.asUintN(32, part >> 32n))
      a = Math.imul(Math.imul(a ^ low, 0x9e3779b1) ^ high, 0x85ebca6b)
      b = Math.imul(Math.imul(b ^ high, 0x5f356495) ^ low, 0xc2b2ae35)
    }
    // what ends a part, so that what is left out is not the same as what comes next
    a = Math.imul(a ^ 0x7c, 0x9e3779b1)
    b = Math.imul(b ^ 0x7c, 0x5f356495)
  }
  return (mix(b) & 0x1f_ffff) * 0x1_0000_0000 + mix(a)
}
