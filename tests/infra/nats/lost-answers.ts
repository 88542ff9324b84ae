import type { NatsConnection } from "@nats-io/transport-node"
import { expect } from "vitest"
import { headersOf } from "#infra/nats/commit-message.ts"
import { subjectOf } from "#infra/nats/ledger-stream.ts"
import { type EventLog, Fenced, type StoredCommit } from "#streams/ports/event-log.ts"
import { chainOf, plain, readAll } from "#tests/contracts/commits.ts"

/** A try whose answer is lost: the message is stored, and the log that sent it does not know. */
export const sendUnheard = async (nc: NatsConnection, stream: string, commit: StoredCommit, after: number) => {
  const headers = headersOf(commit, stream, after)
  await nc.request(subjectOf(stream, commit.partition), commit.body, { headers, timeout: 2_000 })
}

/** The same for one server, which checks the sequence first, and three, which look for duplicates first. */
export const healsLostAnswers = async (log: EventLog, nc: NatsConnection, stream: string) => {
  const [first, second, third, fourth] = chainOf([1, 2, 1, 1])
  await log.append(first!)
  await sendUnheard(nc, stream, second!, 1)
  await log.append(second!)
  await log.append(third!)
  const [other] = chainOf([3], { head: third!, epoch: 2, writer: "b" })
  await sendUnheard(nc, stream, other!, 3)
  await expect(log.append(fourth!)).rejects.toBeInstanceOf(Fenced)

  const partition = 2
  const [before, last] = chainOf([1, 1], { partition })
  const [imposter] = chainOf([2], { partition, head: before! })
  expect(imposter!.id).toBe(last!.id)
  await log.append(before!)
  await sendUnheard(nc, stream, imposter!, 5)
  await expect(log.append(last!), "an id is no proof").rejects.toBeInstanceOf(Fenced)
  expect(plain(await readAll(log, partition))).toEqual(plain([before!, imposter!]))
  expect(plain(await readAll(log))).toEqual(plain([first!, second!, third!, other!]))
}
