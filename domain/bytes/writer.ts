import { exactNumber } from "#domain/kernel/int64.ts"

const FIRST_BYTES = 1 << 16
const TEXT = new TextEncoder()

/**
 * Values one after the other as bytes, without names: who reads them must know what comes. The same values give the same
 * bytes on every machine.
 */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  /** texts that stood before are told by their number */
  readonly #words = new Map<string, number>()
  /** as are objects that several others share */
  readonly shared = new Map<object, number>()

  /** What was written. The writer must not be used any more. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  /** A whole number from 0 to 2^53 - 1. */
  count(value: number): void {
    if (!(value >= 0 && Number.isSafeInteger(value))) throw new Error(`${value} is no count`)
    this.#room(8)
    this.#count(value)
  }

  /** A whole number on either side of 0. */
  whole(value: number): void {
    if (!Number.isSafeInteger(value)) throw new Error(`${value} is no whole number`)
    this.#signed(value < 0 ? 1 : 0, Math.abs(value))
  }

  amount(value: bigint): void {
    const small = exactNumber(value)
    if (small === small) {
      this.#signed(small < 0 ? 1 : 0, Math.abs(small))
      return
    }
    this.#room(1)
    this.#bytes[this.#at++] = LARGE
    this.text(String(value))
  }

  real(value: number): void {
    this.#room(8)
    this.#view.setFloat64(this.#at, Number.isNaN(value) ? Number.NaN : value, true)
    this.#at += 8
  }

  flag(value: boolean): void {
    this.#room(1)
    this.#bytes[this.#at++] = value ? 1 : 0
  }

  text(text: string): void {
    this.#room(8 + text.length * 3)
    const from = this.#at
    const { length } = text
    // ASCII, nearly always: its length is that of its bytes; anything else follows with a length of its own
    this.#count(length * 2)
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) {
        this.#at = from
        return this.#wide(text)
      }
      this.#bytes[this.#at++] = code
    }
  }

  /** A text that comes again and again. */
  word(text: string): void {
    const known = this.#words.get(text)
    if (known !== undefined) return this.count(known + 1)
    this.count(0)
    this.text(text)
    this.#words.set(text, this.#words.size)
  }

  /** Numbers of a fixed width as they stand in memory, least byte first. */
  column(values: Uint32Array | Float64Array): void {
    this.count(values.length)
    this.#room(values.byteLength)
    if (values instanceof Uint32Array) {
      for (let i = 0; i < values.length; i++, this.#at += 4) this.#view.setUint32(this.#at, values[i]!, true)
    } else for (let i = 0; i < values.length; i++) this.real(values[i]!)
  }

  #wide(text: string): void {
    const bytes = TEXT.encode(text)
    if (new TextDecoder().decode(bytes) !== text) throw new Error("a text with half a character cannot be written")
    this.#count(bytes.length * 2 + 1)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** The sign in the lowest bit, then five bits of the value, then whether there is more. */
  #signed(sign: number, value: number): void {
    this.#room(9)
    const low = value % 32
    const rest = (value - low) / 32
    this.#bytes[this.#at++] = sign | (low << 1) | (rest > 0 ? MORE : 0)
    if (rest > 0) this.#count(rest)
  }

  /** Seven bits to a byte, the lowest first. */
  #count(value: number): void {
    let rest = value
    while (rest > 127) {
      const low = rest % 128
      this.#bytes[this.#at++] = low | 128
      rest = (rest - low) / 128
    }
    this.#bytes[this.#at++] = rest
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, needed))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

const MORE = 64
/** In place of the first byte of an amount: it is written out, a double would not hold it. */
const LARGE = 128
