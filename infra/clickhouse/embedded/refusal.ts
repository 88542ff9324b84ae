/** An answer that is an error, in the words of ClickHouse's HTTP interface, so that its clients can read code and type. */
export class Refusal extends Error {
  readonly code: number
  readonly status: number

  constructor(code: number, message: string, status = statusOf(code)) {
    super(message)
    this.code = code
    this.status = status
  }

  /** A refusal by the front itself, phrased as the engine would phrase it. */
  static of(code: number, type: string, sentence: string, status?: number): Refusal {
    return new Refusal(code, `Code: ${code}. DB::Exception: ${sentence} (${type})`, status)
  }

  /** The engine's errors carry their code in the text only. */
  static from(error: unknown): Refusal {
    if (error instanceof Refusal) return error
    const message = error instanceof Error ? error.message : String(error)
    const code = /\bCode: (\d+)/.exec(message)?.[1]
    if (code !== undefined) return new Refusal(Number(code), message)
    return Refusal.of(1002, "UNKNOWN_EXCEPTION", message)
  }
}

const badRequest = [6, 26, 27, 36, 38, 41, 43, 53, 62, 69, 70, 72, 117, 131, 271, 349, 386, 456, 457]
const notFound = [16, 46, 47, 50, 60, 81, 115]
const others = new Map([
  [48, 501], // NOT_IMPLEMENTED
  [159, 408], // TIMEOUT_EXCEEDED
  [164, 403], // READONLY
  [202, 503], // TOO_MANY_SIMULTANEOUS_QUERIES
  [307, 413], // TOO_MANY_BYTES
  [497, 403], // ACCESS_DENIED
  [516, 403] // AUTHENTICATION_FAILED
])

function statusOf(code: number): number {
  if (badRequest.includes(code)) return 400
  if (notFound.includes(code)) return 404
  return others.get(code) ?? 500
}
