import type { KeyObject } from "node:crypto"
import { type AnchorBook, BookMoved } from "#streams/ports/anchor-book.ts"
import { KeyRing } from "./key-ring.ts"
import {
  parseRecord,
  recordText,
  signRecord,
  type Anchor,
  type KeyRecord,
  type Signed,
  type SignedRecord,
  type Statement
} from "./records.ts"

/** Of as many signers as there are partitions one gets ahead each time. */
const MOST_TRIES = 100

export type PrivateKey = { readonly id: string; readonly publicKey: string; readonly privateKey: KeyObject }

/** Where private keys are kept; they are in nobody else's hands and in no log. */
export type AnchorKeys = {
  /** Makes a new one, durably. */
  readonly make: () => Promise<PrivateKey>
  readonly find: (id: string) => Promise<PrivateKey | undefined>
  readonly forget: (ids: ReadonlyArray<string>) => Promise<void>
}

export type AnchorerOptions = {
  /** the book of this machine: what it says is signed on */
  readonly book: AnchorBook
  readonly keys: AnchorKeys
  readonly clock: () => string
  /** Whether the first key may be made here: of several signers of one book only one may begin it. */
  readonly mayBegin?: () => boolean
}

export type Anchorer = {
  /** Signs where a chain stands, durably. The first time a key is made. */
  readonly sign: (head: Pick<Anchor, "partition" | "no" | "hash" | "eventNo">) => Promise<Signed<Anchor>>
  /** Vouches for a proof; it goes into the proof and not into the book. */
  readonly state: (proof: string, upTo: number) => Promise<Signed<Statement>>
  /** A new key, signed by the one before it, which is then deleted; its public half stays in the book. */
  readonly rotate: () => Promise<Signed<KeyRecord>>
  /** The key in use, made where there is none. */
  readonly key: () => Promise<Signed<KeyRecord>>
}

/**
 * Signs into a book. Several may share it (a command rotates beside the platform; the writers of other partitions, and of
 * this one before): each looks at what is new first, and refuses to sign what is older than what was signed, or another commit.
 */
export const makeAnchorer = ({ book, keys, clock, mayBegin = () => true }: AnchorerOptions): Anchorer => {
  const ring = new KeyRing()
  const newest = new Map<number, Signed<Anchor>>()
  let read = 0
  let linesRead = 0
  let queue: Promise<unknown> = Promise.resolve()
  /** One after the other: two signatures at once must not both make the first key. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work, work)
    queue = turn.catch(() => undefined)
    return turn
  }
  const upToDate = async () => {
    const { lines, next } = await book.read(read)
    for (const [i, line] of lines.entries()) {
      try {
        take(parseRecord(line))
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new Error(`line ${linesRead + i + 1} of ${book.name}: ${reason}`, { cause })
      }
    }
    linesRead += lines.length
    read = next
  }
  const take = (record: SignedRecord): void => {
    if (record.kind === "key") ring.accept(record)
    if (record.kind === "anchor" && record.no >= (newest.get(record.partition)?.no ?? 0))
      newest.set(record.partition, record)
  }
  /** Signs by what the book says, and again where it has gone on meanwhile: another one may have replaced the key. */
  const written = async <R extends SignedRecord>(sign: () => Promise<R>): Promise<R> => {
    for (let tries = 1; ; tries++) {
      const record = await sign()
      if (record.kind === "anchor" && newest.get(record.partition) === record) return record // it is there already
      try {
        await book.append([recordText(record)], read)
        return record
      } catch (error) {
        if (!(error instanceof BookMoved) || tries === MOST_TRIES) throw error
      }
    }
  }
  const keyRecord = (key: PrivateKey, signer: PrivateKey, previous: string): Signed<KeyRecord> => {
    const plain = { kind: "key", v: 1, key: key.id, publicKey: key.publicKey, at: clock(), previous } as const
    return signRecord<KeyRecord>(plain, signer.privateKey)
  }
  const current = async (): Promise<{ readonly record: Signed<KeyRecord>; readonly key: PrivateKey }> => {
    await upToDate()
    if (ring.current === undefined) await beginBook()
    for (;;) {
      const record = ring.current!
      const key = await keys.find(record.key)
      if (key !== undefined) return { record, key }
      await upToDate() // replaced between being named and being looked for
      if (ring.current !== record) continue
      throw new Error(
        `${book.name} says that key ${record.key} signs, and its private half is not here: bring it back.`
      )
    }
  }
  const beginBook = async (): Promise<void> => {
    if (!mayBegin()) throw new Error(`${book.name} names no key yet: another one begins it`)
    const key = await keys.make()
    await book.append([recordText(keyRecord(key, key, ""))], read).catch((error: unknown) => {
      if (!(error instanceof BookMoved)) throw error // another one has begun it
    })
    await upToDate()
  }
  return {
    sign: ({ partition, no, hash, eventNo }) =>
      inTurn(() =>
        written(async () => {
          const { key } = await current()
          const signed = newest.get(partition)
          if (signed?.no === no && signed.hash === hash) return signed
          if (signed !== undefined && signed.no >= no)
            throw new Error(
              `${book.name} has signed commit ${signed.no} of partition ${partition}: ${no} does not follow it`
            )
          const plain = { kind: "anchor", v: 1, partition, no, hash, eventNo, at: clock(), key: key.id } as const
          return signRecord<Anchor>(plain, key.privateKey)
        })
      ),
    state: (proof, upTo) =>
      inTurn(async () => {
        const { key } = await current()
        const plain = { kind: "statement", v: 1, proof, upTo, at: clock(), key: key.id } as const
        return signRecord<Statement>(plain, key.privateKey)
      }),
    rotate: () =>
      inTurn(async () => {
        await current()
        const key = await keys.make() // before the book names it: a crash between leaves a key that nobody uses
        const record = await written(async () => {
          const { key: old } = await current()
          return keyRecord(key, old, old.id)
        })
        await upToDate()
        // one that the book does not name may be another rotation's, which is about to announce it
        const named = ring.records.map((one) => one.key)
        await keys.forget(named.slice(0, named.indexOf(key.id)))
        return record
      }),
    key: () => inTurn(async () => (await current()).record)
  }
}
