import { chanceOf, fractionOf } from "#domain/kernel/chance.ts"

/** Steps between the lattice points of each octave: at ten steps a second from 0.8 seconds to 15 hours. */
const PERIODS = Array.from({ length: 9 }, (_, octave) => 8 * 4 ** octave)
/** Twice the swing for four times the period, as a random walk has it; all octaves together stay below 12 %. */
const AMPLITUDES = PERIODS.map((_, octave) => 0.0595 / 2 ** (8 - octave))

/**
 * How far a simulated price is from its start after `step` steps, as a fraction between -0.12 and 0.12; 0 at step 0.
 * Value noise: octaves of hashed lattice points with smooth ways between. Any step can be computed by itself, and with
 * only + - × / and floor it is the same number on every machine.
 */
export const priceNoise = (seed: number, symbol: string): ((step: number) => number) => {
  const base = chanceOf(seed, symbol)
  /** Between -1 and 1; each octave starts at 0, so that the price starts at its start. */
  const lattice = (octave: number, point: number) => (point === 0 ? 0 : fractionOf(base, octave, point) * 2 - 1)
  return (step) => {
    let sum = 0
    for (let octave = 0; octave < PERIODS.length; octave++) {
      const x = step / PERIODS[octave]!
      const point = Math.floor(x)
      const fraction = x - point
      const smooth = fraction * fraction * (3 - 2 * fraction)
      const from = lattice(octave, point)
      sum += AMPLITUDES[octave]! * (from + smooth * (lattice(octave, point + 1) - from))
    }
    return sum
  }
}
