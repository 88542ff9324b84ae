import type { ByteReader } from "./reader.ts"
import { UnreadableBytes } from "./reader.ts"
import { ByteWriter } from "./writer.ts"

/**
 * How a kind of value is written as bytes and read back: equal values give equal bytes. `shape` tells two forms apart:
 * what one of them wrote the other must not read.
 */
export type Form<T> = {
  readonly shape: string
  // a method, so that a form of arrays is one of arrays that nobody changes, too
  write(to: ByteWriter, value: T): void
  read(from: ByteReader): T
}

export const flag: Form<boolean> = {
  shape: "flag",
  write: (to, value) => to.flag(value),
  read: (from) => from.flag()
}
export const count: Form<number> = {
  shape: "count",
  write: (to, value) => to.count(value),
  read: (from) => from.count()
}
export const real: Form<number> = {
  shape: "real",
  write: (to, value) => to.real(value),
  read: (from) => from.real()
}

/** Amounts, whatever they are of. */
export const amountOf = <T extends bigint = bigint>(): Form<T> => ({
  shape: "amount",
  write: (to, value) => to.amount(value),
  read: (from) => from.amount() as T
})
export const amount = amountOf()
/** A text that is one of its kind: an id, a reason. */
export const textOf = <T extends string = string>(): Form<T> => ({
  shape: "text",
  write: (to, value) => to.text(value),
  read: (from) => from.text() as T
})
export const text = textOf()
/** A text that comes again and again: a symbol, an account, a word of a list. */
export const wordOf = <T extends string = string>(): Form<T> => ({
  shape: "word",
  write: (to, value) => to.word(value),
  read: (from) => from.word() as T
})
export const word = wordOf()

export const maybe = <T>(form: Form<T>): Form<T | undefined> => ({
  shape: `maybe(${form.shape})`,
  write: (to, value) => {
    to.flag(value !== undefined)
    if (value !== undefined) form.write(to, value)
  },
  read: (from) => (from.flag() ? form.read(from) : undefined)
})

/** What says nothing that the rest does not say: it is not written, and begins anew. */
export const madeAnew = <T>(begin: () => T): Form<T> => ({ shape: "anew", write: () => undefined, read: begin })

export const listOf = <T>(form: Form<T>): Form<Array<T>> => ({
  shape: `list(${form.shape})`,
  write: (to, values) => {
    to.count(values.length)
    for (const value of values) form.write(to, value)
  },
  read: (from) => {
    const values: Array<T> = []
    for (let left = from.length(); left > 0; left--) values.push(form.read(from))
    return values
  }
})

/** In the order of the map, which is part of it. */
export const mapOf = <K, V>(key: Form<K>, value: Form<V>): Form<Map<K, V>> => ({
  shape: `map(${key.shape},${value.shape})`,
  write: (to, map) => {
    to.count(map.size)
    for (const [k, v] of map) {
      key.write(to, k)
      value.write(to, v)
    }
  },
  read: (from) => {
    const map = new Map<K, V>()
    for (let left = from.length(); left > 0; left--) map.set(key.read(from), value.read(from))
    return map
  }
})

export const setOf = <T>(form: Form<T>): Form<Set<T>> => ({
  shape: `set(${form.shape})`,
  write: (to, set) => {
    to.count(set.size)
    for (const one of set) form.write(to, one)
  },
  read: (from) => {
    const set = new Set<T>()
    for (let left = from.length(); left > 0; left--) set.add(form.read(from))
    return set
  }
})

/** A form for every field of a type, also of those that may be absent: without one of them it does not compile. */
export type Fields<T> = { readonly [K in keyof T]-?: Form<Exclude<T[K], undefined>> | Form<T[K]> }

/**
 * An object of the fields named, in their order; what is undefined is not there. `begin` makes it as the program makes
 * it elsewhere, so that both look alike to the engine.
 */
export const recordOf = <T extends object>(fields: Fields<T>, begin: () => Partial<T> = () => ({})): Form<T> => {
  const names = Object.keys(fields) as ReadonlyArray<string> as ReadonlyArray<keyof T>
  const forms = names.map((name) => fields[name] as Form<unknown>)
  const shape = names.map((name, i) => `${String(name)}:${forms[i]!.shape}`).join()
  return {
    shape: `{${shape}}`,
    write: (to, value) => {
      for (const [i, name] of names.entries()) {
        const field = value[name]
        to.flag(field !== undefined)
        if (field !== undefined) forms[i]!.write(to, field)
      }
    },
    read: (from) => {
      const value = begin() as Record<keyof T, unknown>
      for (let i = 0; i < names.length; i++) if (from.flag()) value[names[i]!] = forms[i]!.read(from)
      return value as T
    }
  }
}

/**
 * An object that several others hold, and that is changed in place: one before is one afterwards. The first who holds it
 * tells it whole.
 */
export const sharedBy = <T extends object>(form: Form<T>): Form<T> => ({
  shape: `shared(${form.shape})`,
  write: (to, value) => {
    const known = to.shared.get(value)
    if (known !== undefined) return to.count(known + 1)
    to.count(0)
    form.write(to, value)
    to.shared.set(value, to.shared.size)
  },
  read: (from) => {
    const known = from.count()
    if (known > 0) {
      const value = from.shared[known - 1]
      if (value === undefined) throw new UnreadableBytes(`there is no shared object ${known}`)
      return value as T
    }
    const value = form.read(from)
    from.shared.push(value)
    return value
  }
})

/** An object that is never changed: equal ones are told once and are one afterwards, whoever held which. */
export const onceOf = <T extends object>(form: Form<T>): Form<T> => {
  const known = new WeakMap<ByteWriter, { readonly of: Map<T, number>; readonly like: Map<string, number> }>()
  const read = new WeakMap<ByteReader, Array<T>>()
  return {
    shape: `once(${form.shape})`,
    write: (to, value) => {
      let written = known.get(to)
      if (written === undefined) known.set(to, (written = { of: new Map(), like: new Map() }))
      const { of, like } = written
      let no = of.get(value)
      if (no === undefined) {
        const key = keyOf(form, value)
        no = like.get(key)
        of.set(value, no ?? like.size)
        if (no === undefined) {
          like.set(key, like.size)
          to.count(0)
          return form.write(to, value)
        }
      }
      to.count(no + 1)
    },
    read: (from) => {
      let values = read.get(from)
      if (values === undefined) read.set(from, (values = []))
      const no = from.count()
      if (no > 0) {
        const value = values[no - 1]
        if (value === undefined) throw new UnreadableBytes(`there is no object ${no}`)
        return value
      }
      const value = form.read(from)
      values.push(value)
      return value
    }
  }
}

const keyOf = <T>(form: Form<T>, value: T): string => {
  const alone = new ByteWriter()
  form.write(alone, value)
  return String.fromCharCode(...alone.done())
}
