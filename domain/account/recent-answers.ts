import { nanosWithin, secondsOf, timeFrom, type Time } from "#domain/kernel/time.ts"

/** What is remembered of an answered command: a digest of what it asked, and the events that answered it. */
export type Answered = {
  readonly content: number
  readonly first: number
  readonly last: number
  readonly at: Time
  /** where these events are, when they are in another partition */
  readonly partition?: number
}
/**
 * Whose command it was and under which id: `owner` is exact (an account's number, or of a report the order's), the id is
 * 64 bits of a digest. That two ids of one owner meet in it is less likely than a flipped bit of memory; it would be told
 * as an id that was used for another command.
 */
export type AnswerKey = { readonly owner: number; readonly high: number; readonly low: number }
/** As it is put in: `order` is the number of the order that it placed or filled, `made` the time in its id; NaN without. */
export type NewAnswer = { readonly content: number; readonly eventNo: number; readonly at: Time } & {
  readonly order: number
  readonly made: number
}
/** One that has to go. */
export type Oldest = AnswerKey & Omit<Answered, "partition"> & { readonly order: number; readonly made: number }

const FIRST_PLACES = 1024

/** All that is remembered, the oldest first. */
export type AnswerColumns = {
  readonly high: Uint32Array
  readonly low: Uint32Array
  readonly nanos: Uint32Array
  readonly owner: Float64Array
  readonly content: Float64Array
  readonly first: Float64Array
  readonly last: Float64Array
  readonly seconds: Float64Array
  readonly order: Float64Array
  readonly made: Float64Array
}

/**
 * Answered commands in the order in which they came, the newest found by key, the oldest dropped first. A million of them
 * in plain numbers: as objects under text keys they were most of the process's memory, and each cost a microsecond.
 */
export class RecentAnswers {
  #mask = FIRST_PLACES - 1
  #from = 0
  #to = 0
  /** of each place the one that came before it under the same hash, counted from 1 */
  #next = new Int32Array(FIRST_PLACES)
  #heads = new Int32Array(FIRST_PLACES)
  #high = new Uint32Array(FIRST_PLACES)
  #low = new Uint32Array(FIRST_PLACES)
  #nanos = new Uint32Array(FIRST_PLACES)
  #owner = new Float64Array(FIRST_PLACES)
  #content = new Float64Array(FIRST_PLACES)
  #first = new Float64Array(FIRST_PLACES)
  #last = new Float64Array(FIRST_PLACES)
  #seconds = new Float64Array(FIRST_PLACES)
  #order = new Float64Array(FIRST_PLACES)
  #made = new Float64Array(FIRST_PLACES)

  static of(columns: AnswerColumns): RecentAnswers {
    const answers = new RecentAnswers()
    const size = columns.high.length
    if (Object.values(columns).some(({ length }) => length !== size)) throw new Error("answers of unequal columns")
    let places = FIRST_PLACES
    while (places < size) places *= 2
    const filled = (column: Uint32Array): Uint32Array<ArrayBuffer> => {
      const all = new Uint32Array(places)
      all.set(column)
      return all
    }
    const filledReals = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const all = new Float64Array(places)
      all.set(column)
      return all
    }
    answers.#mask = places - 1
    answers.#to = size
    answers.#high = filled(columns.high)
    answers.#low = filled(columns.low)
    answers.#nanos = filled(columns.nanos)
    answers.#owner = filledReals(columns.owner)
    answers.#content = filledReals(columns.content)
    answers.#first = filledReals(columns.first)
    answers.#last = filledReals(columns.last)
    answers.#seconds = filledReals(columns.seconds)
    answers.#order = filledReals(columns.order)
    answers.#made = filledReals(columns.made)
    answers.#next = new Int32Array(places)
    answers.#heads = new Int32Array(places)
    for (let i = 0; i < size; i++) answers.#chain(i)
    return answers
  }

  columns(): AnswerColumns {
    const unrolled = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      for (let i = this.#from; i < this.#to; i++) to[i - this.#from] = from[i & this.#mask]!
      return to
    }
    const { size } = this
    return {
      high: unrolled(this.#high, new Uint32Array(size)),
      low: unrolled(this.#low, new Uint32Array(size)),
      nanos: unrolled(this.#nanos, new Uint32Array(size)),
      owner: unrolled(this.#owner, new Float64Array(size)),
      content: unrolled(this.#content, new Float64Array(size)),
      first: unrolled(this.#first, new Float64Array(size)),
      last: unrolled(this.#last, new Float64Array(size)),
      seconds: unrolled(this.#seconds, new Float64Array(size)),
      order: unrolled(this.#order, new Float64Array(size)),
      made: unrolled(this.#made, new Float64Array(size))
    }
  }

  get size(): number {
    return this.#to - this.#from
  }

  /** The newest answer under a key, or undefined. */
  find({ owner, high, low }: AnswerKey): Answered | undefined {
    for (let at = this.#heads[low & this.#mask]!; at !== 0; at = this.#next[at - 1]!) {
      const place = at - 1
      if (this.#low[place] !== low || this.#high[place] !== high || this.#owner[place] !== owner) continue
      return this.#answerAt(place)
    }
    return undefined
  }

  put({ owner, high, low }: AnswerKey, { content, eventNo, at, order, made }: NewAnswer): void {
    if (this.size > this.#mask) this.#grow()
    const place = this.#to++ & this.#mask
    this.#high[place] = high
    this.#low[place] = low
    this.#owner[place] = owner
    this.#content[place] = content
    this.#first[place] = eventNo
    this.#last[place] = eventNo
    this.#seconds[place] = secondsOf(at)
    this.#nanos[place] = nanosWithin(at)
    this.#order[place] = order
    this.#made[place] = made
    this.#chain(place)
  }

  /** The command that was put in last was answered by one event more. */
  extend(eventNo: number): void {
    this.#last[(this.#to - 1) & this.#mask] = eventNo
  }

  /** Whether there is one that was answered before a time. */
  hasBefore(time: Time): boolean {
    if (this.#from === this.#to) return false
    const place = this.#from & this.#mask
    const seconds = secondsOf(time)
    if (this.#seconds[place] !== seconds) return this.#seconds[place]! < seconds
    return this.#nanos[place]! < nanosWithin(time)
  }

  /** Of all that is remembered: equal after the same events. */
  digest(): number {
    const sums = new Float64Array(1)
    const halves = new Uint32Array(sums.buffer)
    let digest = this.size
    const add = (column: Float64Array | Uint32Array): void => {
      for (let i = this.#from; i < this.#to; i++) {
        sums[0] = column[i & this.#mask]!
        digest = Math.imul(Math.imul(digest ^ halves[0]!, 0x9e3779b1) ^ halves[1]! ^ (digest >>> 15), 0x85ebca6b)
      }
    }
    for (const column of [this.#owner, this.#high, this.#low, this.#content, this.#first, this.#last]) add(column)
    for (const column of [this.#seconds, this.#nanos, this.#order, this.#made]) add(column)
    return digest >>> 0
  }

  /** All that is remembered of some owners, the oldest first. */
  *ownedBy(owners: { readonly has: (owner: number) => boolean }): Generator<Oldest> {
    for (let i = this.#from; i < this.#to; i++) {
      const place = i & this.#mask
      if (owners.has(this.#owner[place]!)) yield this.#oldestAt(place)
    }
  }

  /** Takes the oldest out; undefined when a newer answer has its key. There must be one. */
  drop(): Oldest | undefined {
    const place = this.#from++ & this.#mask
    const oldest = this.#oldestAt(place)
    this.#unchain(place)
    return this.find(oldest) === undefined ? oldest : undefined
  }

  #oldestAt(place: number): Oldest {
    const key = { owner: this.#owner[place]!, high: this.#high[place]!, low: this.#low[place]! }
    return { ...key, ...this.#answerAt(place), order: this.#order[place]!, made: this.#made[place]! }
  }
  #answerAt(place: number): Answered {
    return {
      content: this.#content[place]!,
      first: this.#first[place]!,
      last: this.#last[place]!,
      at: timeFrom(this.#seconds[place]!, this.#nanos[place]!)
    }
  }

  #chain(place: number): void {
    const head = this.#low[place]! & this.#mask
    this.#next[place] = this.#heads[head]!
    this.#heads[head] = place + 1
  }

  /** The oldest is the last of its chain. */
  #unchain(place: number): void {
    const head = this.#low[place]! & this.#mask
    if (this.#heads[head] === place + 1) {
      this.#heads[head] = 0
      return
    }
    let at = this.#heads[head]!
    while (this.#next[at - 1] !== place + 1) at = this.#next[at - 1]!
    this.#next[at - 1] = 0
  }

  #grow(): void {
    const places = (this.#mask + 1) * 2
    const move = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      for (let i = this.#from; i < this.#to; i++) to[i & (places - 1)] = from[i & this.#mask]!
      return to
    }
    this.#high = move(this.#high, new Uint32Array(places))
    this.#low = move(this.#low, new Uint32Array(places))
    this.#nanos = move(this.#nanos, new Uint32Array(places))
    this.#owner = move(this.#owner, new Float64Array(places))
    this.#content = move(this.#content, new Float64Array(places))
    this.#first = move(this.#first, new Float64Array(places))
    this.#last = move(this.#last, new Float64Array(places))
    this.#seconds = move(this.#seconds, new Float64Array(places))
    this.#order = move(this.#order, new Float64Array(places))
    this.#made = move(this.#made, new Float64Array(places))
    this.#mask = places - 1
    this.#next = new Int32Array(places)
    this.#heads = new Int32Array(places)
    for (let i = this.#from; i < this.#to; i++) this.#chain(i & this.#mask)
  }
}
