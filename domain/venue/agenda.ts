import type { Time } from "#domain/kernel/time.ts"

type Entry<Item> = { readonly time: Time; readonly rank: number; readonly seq: number; readonly item: Item }

/**
 * What is to happen and when, earliest first; of the same time the lower rank, and of the same rank in the order in
 * which it was added. A binary heap.
 */
export class Agenda<Item> {
  readonly #heap: Array<Entry<Item>> = []
  #seq = 0

  add(time: Time, rank: number, item: Item): void {
    const heap = this.#heap
    const entry = { time, rank, seq: this.#seq++, item }
    let i = heap.length
    while (i > 0) {
      const parent = (i - 1) >>> 1
      if (!isBefore(entry, heap[parent]!)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = entry
  }

  get first(): Entry<Item> | undefined {
    return this.#heap[0]
  }

  /** Takes the first item that is due at `now`, with its time. */
  takeDue(now: Time): Entry<Item> | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (first === undefined || first.time > now) return undefined
    const last = heap.pop()!
    if (heap.length > 0) this.#sink(last)
    return first
  }

  #sink(entry: Entry<Item>): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, entry)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = entry
  }
}

const isBefore = (a: Entry<unknown>, b: Entry<unknown>): boolean =>
  a.time === b.time ? (a.rank === b.rank ? a.seq < b.seq : a.rank < b.rank) : a.time < b.time
