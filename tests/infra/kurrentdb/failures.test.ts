import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  StreamNotFoundError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError
} from "@kurrent/kurrentdb-client"
import { describe, expect, it } from "vitest"
import { inTime, isNoStream, mayWorkLater, NoAnswer, reasonOf, verdictOf } from "#infra/kurrentdb/failures.ts"
import { openKurrentLog } from "#infra/kurrentdb/event-log.ts"
import { freePort } from "#tests/support/free-port.ts"

const taken = new WrongExpectedVersionError(undefined as never, { streamName: "ledger-0", expected: 1n, current: 4n })

describe("what a failure of the client says", () => {
  it("is certain of few things", () => {
    expect(verdictOf(taken)).toBe("taken")
    expect(verdictOf(new AccessDeniedError())).toBe("refused")
    for (const error of [
      new UnavailableError(),
      new DeadlineExceededError(),
      new CancelledError(),
      new UnknownError()
    ]) {
      expect(verdictOf(error), "it may be stored").toBe("unknown")
      expect(mayWorkLater(error)).toBe(true)
    }
    for (const error of [new NoAnswer("x"), new TypeError("x"), "x", undefined])
      expect(verdictOf(error)).toBe("unknown")
    expect(mayWorkLater(new AccessDeniedError())).toBe(false)
    expect([isNoStream(new StreamNotFoundError(undefined, "ledger-0")), isNoStream(taken)]).toEqual([true, false])
  })

  it("is a reason for people, also where the client gives only its name", () => {
    expect(reasonOf(new UnavailableError())).toBe("unavailable")
    expect(reasonOf(new Error("no route"))).toBe("no route")
    expect(reasonOf(new Error(""))).toBe("it failed without a reason")
  })

  it("comes in time, or as no answer", async () => {
    expect(await inTime(Promise.resolve(7), 1_000)).toBe(7)
    await expect(inTime(Promise.reject(taken), 1_000)).rejects.toBe(taken)
    await expect(inTime(new Promise(() => undefined), 5)).rejects.toBeInstanceOf(NoAnswer)
  })
})

describe("a KurrentDB that is not there", () => {
  it("is told in a sentence, without the password", async () => {
    const at = `127.0.0.1:${await freePort()}?tls=false`
    const opened = openKurrentLog({ url: `kurrentdb://admin:secret@${at}` })
    await expect(opened).rejects.toThrow(`There is no KurrentDB to be had at kurrentdb://${at}: unavailable.`)
    const wrong = openKurrentLog({ url: "postgres://admin:secret@127.0.0.1" })
    await expect(wrong).rejects.toThrow(/^postgres:\/\/127.0.0.1 is no connection string of KurrentDB/)
    await expect(wrong).rejects.not.toThrow(/secret/)
  })
})
