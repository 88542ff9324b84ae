import { BadRecord, isSignedBy, type KeyRecord, type Signed, type SignedRecord } from "./records.ts"

/**
 * The keys that a book of anchors names, each trusted because the one before it signed it. The first one vouches for
 * itself: whoever checks compares it (or a later one) with what the firm has published.
 */
export class KeyRing {
  readonly #records: Array<Signed<KeyRecord>> = []
  readonly #trusted: ReadonlyArray<string>

  /** `trusted` public keys may begin anew: after the loss of a key nobody can sign for its successor. */
  constructor(trusted: ReadonlyArray<string> = []) {
    this.#trusted = trusted
  }

  get records(): ReadonlyArray<Signed<KeyRecord>> {
    return this.#records
  }
  get current(): Signed<KeyRecord> | undefined {
    return this.#records.at(-1)
  }
  find(id: string): Signed<KeyRecord> | undefined {
    return this.#records.find(({ key }) => key === id)
  }

  /** Takes the next record of a book; throws {@link BadRecord} where it is not what a holder of the right key signed. */
  accept(record: SignedRecord): void {
    if (record.kind !== "key") return this.#signed(record.key, record)
    const before = this.current
    if (before !== undefined && before.key === record.key && before.signature === record.signature) return // said again
    if (record.previous === "" && this.#trusted.includes(record.publicKey) && isSignedBy(record, record.publicKey))
      return void this.#records.push(record)
    if (record.previous !== (before?.key ?? ""))
      throw new BadRecord(`key ${record.key} does not follow the key before it`)
    if (this.find(record.key) !== undefined) throw new BadRecord(`key ${record.key} was there before`)
    if (!isSignedBy(record, (before ?? record).publicKey))
      throw new BadRecord(`key ${record.key} is not signed by ${before === undefined ? "itself" : "the key before it"}`)
    this.#records.push(record)
  }

  #signed(id: string, record: SignedRecord): void {
    const key = this.find(id)
    if (key === undefined) throw new BadRecord(`key ${id} is not known here`)
    if (key !== this.current) throw new BadRecord(`key ${id} had been replaced`)
    if (!isSignedBy(record, key.publicKey)) throw new BadRecord("its signature is wrong")
  }
}
