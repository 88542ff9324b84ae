import { ClickHouseError } from "@clickhouse/client"
import { setTimeout as sleep } from "node:timers/promises"

/** ClickHouse answered with an error: it was reached, and the statement is wrong or was stopped. */
export class ClickHouseRefused extends Error {
  readonly _tag = "ClickHouseRefused"
  override readonly name = "ClickHouseRefused"
  /** ClickHouse's own number, such as 60. */
  readonly code: number
  /** Its name, such as UNKNOWN_TABLE. */
  readonly type: string

  constructor(code: number, type: string, message: string, cause: unknown) {
    super(`${type} (${code}): ${message}`, { cause })
    this.code = code
    this.type = type
  }
}

/** No answer, or only a part of one: whether the statement was carried out is not known. */
export class ClickHouseUnavailable extends Error {
  readonly _tag = "ClickHouseUnavailable"
  override readonly name = "ClickHouseUnavailable"
}

/** Sorts what the client throws into the two kinds. Mistakes of the caller (TypeError) are passed on as they are. */
export function failureOf(error: unknown): Error {
  if (error instanceof ClickHouseRefused || error instanceof ClickHouseUnavailable) return error
  if (error instanceof ClickHouseError) {
    // The client takes the first capital word in brackets for the type, which in a syntax error is the word it tripped on.
    const type = error.code === "62" ? "SYNTAX_ERROR" : (error.type ?? "UNKNOWN")
    return new ClickHouseRefused(Number(error.code), type, error.message.trim(), error)
  }
  if (error instanceof TypeError) return error
  const { code, message } = error as NodeJS.ErrnoException
  return new ClickHouseUnavailable(`ClickHouse does not answer: ${message || code}`, { cause: error })
}

/** Runs one step; whatever it throws comes out typed. */
export async function typed<A>(step: () => Promise<A>): Promise<A> {
  try {
    return await step()
  } catch (error) {
    throw failureOf(error)
  }
}

// TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT, NETWORK_ERROR.
const passing = new Set([202, 209, 210])
const pausesMs = [50, 250, 1000]

/** Repeats a read that may succeed a moment later. Never for anything that writes: it may have been carried out. */
export async function repeated<A>(read: () => Promise<A>): Promise<A> {
  for (const pauseMs of pausesMs) {
    try {
      return await typed(read)
    } catch (error) {
      const hopeful =
        error instanceof ClickHouseRefused ? passing.has(error.code) : error instanceof ClickHouseUnavailable
      if (!hopeful) throw error
      await sleep(pauseMs)
    }
  }
  return typed(read)
}
