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
