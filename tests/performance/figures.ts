import { availableParallelism, loadavg } from "node:os"

/** What a benchmark reports: the names that programs rely on, and some of its own. */
export type Metrics = Readonly<Record<string, number | string>>
export type BenchResult = {
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
  readonly metrics: Metrics
}

/** Latency percentiles in milliseconds; the samples are sorted in place. */
export const percentiles = (samplesMs: Float64Array): Metrics => {
  const sorted = samplesMs.sort()
  const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0
  return { p50Ms: round(at(0.5)), p99Ms: round(at(0.99)), p999Ms: round(at(0.999)), maxMs: round(sorted.at(-1) ?? 0) }
}

export const round = (value: number): number => Number(value.toPrecision(4))

/** The machine as it is while the benchmark runs: no figure means much without it. */
export const conditions = (): Metrics => ({
  node: process.version,
  cores: availableParallelism(),
  load1: round(loadavg()[0] ?? 0),
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024)
})

/** Latencies in nanoseconds by the tenth of a microsecond up to 2 ms: as small for ten million of them as for ten. */
export class Histogram {
  readonly #counts = new Uint32Array(20_000)
  #total = 0
  max = 0

  add(nanos: number): void {
    this.#total++
    if (nanos > this.max) this.max = nanos
    this.#counts[Math.min(this.#counts.length - 1, Math.floor(nanos / 100))]!++
  }

  percentile(p: number): number {
    let left = Math.floor(this.#total * p)
    for (let i = 0; i < this.#counts.length - 1; i++) {
      left -= this.#counts[i]!
      if (left < 0) return i * 100
    }
    return this.max
  }
}
