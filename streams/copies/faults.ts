export type FaultKind = "missing" | "unreadable" | "changed" | "reordered" | "duplicated" | "forked"

/** What is wrong with a commit of a copy, or with a range of them. */
export type CopyFault = {
  readonly copy: string
  readonly kind: FaultKind
  /** the first commit that is bad, and the last one for the same reason */
  readonly commit: number
  readonly last: number
  readonly reason: string
  /** other copies that hold all of it sound */
  readonly soundIn: ReadonlyArray<string>
}

type Noted = { kind: FaultKind; commit: number; last: number; reason: string }

/** The faults of one copy; those of one kind and reason that touch are one. */
export class Faults {
  readonly #noted: Array<Noted> = []
  get count(): number {
    return this.#noted.length
  }
  get all(): ReadonlyArray<Readonly<Noted>> {
    return this.#noted
  }
  add(kind: FaultKind, commit: number, last: number, reason: string): void {
    const before = this.#noted.at(-1)
    if (before?.kind === kind && before.reason === reason && before.last + 1 === commit) before.last = last
    else this.#noted.push({ kind, commit, last, reason })
  }
  touches(first: number, last: number): boolean {
    return this.#noted.some((fault) => fault.commit <= last && fault.last >= first)
  }
}
