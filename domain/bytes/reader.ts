import { bigintOf } from "#domain/kernel/int64.ts"

const MORE = 64
const LARGE = 128
/** Texts are cut out of larger ones: a text for each of them costs more than all else here. */
const WINDOW = 1 << 16

/** The bytes are not what a writer of this program wrote. */
export class UnreadableBytes extends Error {
  override readonly name = "UnreadableBytes"
}

/** Reads what a `ByteWriter` wrote, value by value in the same order. Throws {@link UnreadableBytes}. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #words: Array<string> = []
  readonly #ascii = new TextDecoder("latin1")
  #at = 0
  #windowAt = 0
  #window = ""
  readonly shared: Array<object> = []

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Everything must have been read. */
  end(): void {
    if (this.#at !== this.#bytes.length)
      throw new UnreadableBytes(`${this.#bytes.length - this.#at} bytes are left over`)
  }

  count(): number {
    let byte = this.#byte()
    if (byte < 128) return byte
    let value = byte & 127
    let by = 128
    do {
      byte = this.#byte()
      value += (byte & 127) * by
      by *= 128
    } while (byte > 127)
    return value
  }

  /** How many follow, of which each takes a byte at least. */
  length(): number {
    const length = this.count()
    if (length > this.#bytes.length - this.#at) throw new UnreadableBytes(`${length} values are not there`)
    return length
  }

  whole(): number {
    const head = this.#byte()
    if (head >= LARGE) throw new UnreadableBytes("an amount stands where a number should")
    const low = (head >> 1) & 31
    const value = (head & MORE) === 0 ? low : this.count() * 32 + low
    return (head & 1) === 0 ? value : -value
  }

  amount(): bigint {
    if (this.#bytes[this.#at] !== LARGE) return bigintOf(this.whole())
    this.#at++
    return BigInt(this.text())
  }

  real(): number {
    const at = this.#take(8)
    return this.#view.getFloat64(at, true)
  }

  flag(): boolean {
    const byte = this.#byte()
    if (byte > 1) throw new UnreadableBytes("a flag is neither up nor down")
    return byte === 1
  }

  text(): string {
    const head = this.count()
    const length = Math.floor(head / 2)
    const at = this.#take(length)
    if (head % 2 === 1) return new TextDecoder("utf-8", { fatal: true }).decode(this.#bytes.subarray(at, at + length))
    const from = at - this.#windowAt
    if (from >= 0 && from + length <= this.#window.length) return this.#window.slice(from, from + length)
    this.#windowAt = at
    this.#window = this.#ascii.decode(this.#bytes.subarray(at, at + Math.max(length, WINDOW)))
    return this.#window.slice(0, length)
  }

  word(): string {
    const known = this.count()
    if (known > 0) {
      const word = this.#words[known - 1]
      if (word === undefined) throw new UnreadableBytes(`there is no word ${known}`)
      return word
    }
    const text = this.text()
    this.#words.push(text)
    return text
  }

  reals(): Float64Array {
    const length = this.length()
    const at = this.#take(length * 8)
    const values = new Float64Array(length)
    for (let i = 0; i < length; i++) values[i] = this.#view.getFloat64(at + i * 8, true)
    return values
  }

  counts32(): Uint32Array {
    const length = this.length()
    const at = this.#take(length * 4)
    const values = new Uint32Array(length)
    for (let i = 0; i < length; i++) values[i] = this.#view.getUint32(at + i * 4, true)
    return values
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new UnreadableBytes("they end too early")
    return byte
  }
  #take(length: number): number {
    const at = this.#at
    if (length > this.#bytes.length - at) throw new UnreadableBytes("they end too early")
    this.#at += length
    return at
  }
}
