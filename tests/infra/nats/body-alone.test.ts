// What a commit says stands in its body: a message without its headers loses no fact, only its place in the chain.
import { randomUUID } from "node:crypto"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { describe, expect, inject, it } from "vitest"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { timeOfText } from "#domain/kernel/time.ts"
import { commitOf, headersOf } from "#infra/nats/commit-message.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { subjectOf } from "#infra/nats/ledger-stream.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { checkCommit } from "#streams/chain.ts"
import { merkleRoot, sealCommit } from "#streams/commit.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { chainOf } from "#tests/contracts/commits.ts"
import { skipWithout } from "#tests/support/skip-without.ts"

const url = inject("natsUrl")
const TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
const NOW = timeOfText("2026-03-02T10:00:00.5Z")!
const THEN = timeOfText("2026-02-27T17:00:00Z")!

describe("the headers of a commit's message", () => {
  const [first, second] = chainOf([2, 3])
  const sent = headersOf(second!, "LEDGER", 7)

  it("are its place in the chain and what the server is to check, and nothing else", () => {
    const names = [...sent.keys()].toSorted()
    const chain = ["Commit-Hash", "Commit-No", "Commit-Prev", "Commit-Root"]
    const server = ["Nats-Expected-Last-Subject-Sequence", "Nats-Expected-Stream", "Nats-Msg-Id"]
    expect(names).toEqual([...chain, ...server])
  })

  it("follow from the body and the commit before, but for the writer's part of the id, which the hash protects", () => {
    const body = JSON.parse(Buffer.from(second!.body).toString("utf8"))
    const root = merkleRoot(body.events.map((event: unknown) => JSON.stringify(event)))
    expect(sent.get("Commit-No")).toBe(String(body.no))
    expect(sent.get("Commit-Prev")).toBe(first!.hash)
    expect(sent.get("Commit-Root")).toBe(root)
    const begins = `${body.partition}-${body.epoch}-${body.no}-`
    expect(sent.get("Nats-Msg-Id").startsWith(begins)).toBe(true)
    const writer = sent.get("Nats-Msg-Id").slice(begins.length)
    const events = body.events.map((event: unknown) => JSON.stringify(event))
    expect(sealCommit(first!, 0, body.epoch, writer, events).hash).toBe(sent.get("Commit-Hash"))
    const stranger = { ...second!, id: `${begins}somebody-else` }
    expect(() => checkCommit(first!, stranger, 0)).toThrow(/its hash differs/)
  })
})

describe("a stored message", skipWithout(url, "nats is missing"), () => {
  it("has who, why, correlation, trace and both times in its body, as the writer knew them", async () => {
    const stream = `TEST_${randomUUID()}`
    const log = await openNatsLog({ url: url!, stream })
    const nc = await connect({ servers: url! })
    const jsm = await jetstreamManager(nc)
    try {
      const writer = await openAccountWriter({
        log,
        partition: 0,
        clock: () => NOW,
        writerId: "w",
        seen: () => undefined
      })
      const account = { account: "a", owner: "o-1", group: "g", accountType: "cash", currency: "USDT" }
      const said = { actor: "api", trace: TRACE }
      const opened = await writer.submit({
        id: "open-1",
        ...said,
        request: { type: "OpenAccount", ...account } as never
      })
      const deposit = { type: "Deposit", account: "a", currency: "USDT", amount: 500_000_000n, effectiveAt: THEN }
      const paid = await writer.submit({ id: "pay-1", ...said, request: deposit as never })
      await writer.stop()
      const known = [opened, paid].flatMap((answer) => (answer.kind === "facts" ? answer.events : []))

      const read: Array<Recorded<AccountEvent>> = []
      const { messages } = (await jsm.streams.info(stream)).state
      for (let seq = 1; seq <= messages; seq++) {
        const message = await jsm.streams.getMessage(stream, { seq })
        expect(message!.subject).toBe(subjectOf(stream, 0))
        const { events } = JSON.parse(Buffer.from(message!.data).toString("utf8"))
        read.push(...events.map((event: Record<string, unknown>) => ledgerCodec.decodeStrictly(event)))
        expect(commitOf(0, message!.header, message!.data)).toEqual(expect.objectContaining({ no: seq }))
      }
      expect(read).toEqual(known)
      expect(read.at(-1)).toMatchObject({ ...said, cause: "pay-1", correlation: "pay-1", account: "a" })
      expect(read.at(-1)).toMatchObject({ recordedAt: NOW, effectiveAt: THEN })
    } finally {
      await log.close()
      await jsm.streams.delete(stream)
      await nc.close()
    }
  })
})
