/** What became of a try, as far as the client's error says. */
export type Verdict = "taken" | "nothing stored" | "refused" | "unknown"

// the client's `ErrorType`: only of these is it certain what happened
const TAKEN = ["wrong-expected-version"]
const NOTHING_STORED = ["not-leader"]
const REFUSED = [
  "access-denied",
  "invalid-argument",
  "maximum-append-size-exceeded",
  "append-record-size-exceeded",
  "transaction-max-size-exceeded",
  "stream-deleted",
  "stream-tombstoned",
  "unsupported"
]

const typeOf = (error: unknown): string =>
  error instanceof Error && "type" in error && typeof error.type === "string" ? error.type : ""

/** Whatever is not known to be one of the others may have been stored: a connection that broke, no answer in time. */
export const verdictOf = (error: unknown): Verdict => {
  const type = typeOf(error)
  if (TAKEN.includes(type)) return "taken"
  if (NOTHING_STORED.includes(type)) return "nothing stored"
  return REFUSED.includes(type) ? "refused" : "unknown"
}

export const isNoStream = (error: unknown): boolean => typeOf(error) === "stream-not-found"

/** Of a read: that it may work later, elsewhere or again. */
export const mayWorkLater = (error: unknown): boolean => ["unknown", "nothing stored"].includes(verdictOf(error))

/** Some errors of the client say nothing but their own name. */
export const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return /^\w*Error$|^$/u.test(message) ? typeOf(error) || "it failed without a reason" : message
}

/** An answer that did not come in time; what was asked may have been done. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer"
}

/** The client waits for ever where a connection hangs. What comes later is dropped, a failure too. */
export const inTime = async <T>(asked: Promise<T>, ms: number): Promise<T> => {
  asked.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms / 1000} s`)), ms)
  })
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
