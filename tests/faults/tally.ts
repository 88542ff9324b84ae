import type { Counts } from "./answers.ts"

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
export type Row = Mutable<Counts> & {
  readonly stage: string
  readonly fault: string
  faults: number
  readonly outagesMs: Array<number>
}

/** What was broken, and what became of the answers, by kind of fault. */
export class Tally {
  readonly #rows = new Map<string, Row>()

  row(stage: string, fault: string): Row {
    const key = `${stage}: ${fault}`
    const none = { answered: 0, lost: 0, twice: 0, outOfOrder: 0, refused: 0, refusedThenDone: 0 }
    const row = this.#rows.get(key) ?? { stage, fault, faults: 0, ...none, outagesMs: [] }
    this.#rows.set(key, row)
    return row
  }

  get faults(): number {
    return sum(this.all(), "faults")
  }
  /** Whether every answer held. */
  get sound(): boolean {
    const all = this.all()
    return sum(all, "lost") + sum(all, "twice") + sum(all, "outOfOrder") + sum(all, "refusedThenDone") === 0
  }

  all(): ReadonlyArray<Row> {
    return [...this.#rows.values()].toSorted((a, b) => `${a.stage}${a.fault}`.localeCompare(`${b.stage}${b.fault}`))
  }

  /** A table in the form of Markdown. */
  table(): string {
    const rows = this.all()
    const total = [sum(rows, "faults"), ...COLUMNS.map((column) => sum(rows, column))]
    return [
      "| stage | fault | faults | answered | lost | twice | out of order | refused | refused, then done | outage ms, median | longest |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      ...rows.map((row) =>
        line([row.stage, row.fault, row.faults, ...COLUMNS.map((column) => row[column]), ...spread(row.outagesMs)])
      ),
      line(["all", "", ...total, ...spread(rows.flatMap(({ outagesMs }) => outagesMs))])
    ].join("\n")
  }
}

const COLUMNS = ["answered", "lost", "twice", "outOfOrder", "refused", "refusedThenDone"] as const
const sum = (rows: ReadonlyArray<Row>, column: (typeof COLUMNS)[number] | "faults"): number =>
  rows.reduce((total, row) => total + row[column], 0)
const line = (cells: ReadonlyArray<string | number>): string =>
  `| ${cells.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell)).join(" | ")} |`
const spread = (ms: ReadonlyArray<number>): ReadonlyArray<number | string> => {
  const sorted = ms.toSorted((a, b) => a - b)
  return sorted.length === 0 ? ["-", "-"] : [sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!]
}
