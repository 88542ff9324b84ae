import type { Command, CommandHead, MarketSeen, Request } from "#domain/account/commands.ts"
import { accountDecider, answeredBefore } from "#domain/account/decider.ts"
import { ACCOUNT_EVENTS, type AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { ledgerCodec } from "./ledger-codec.ts"
import { openWriter, type Writer, type WriterOptions, type WriterSpec } from "./transact.ts"

/** A request with who asks and under which id. */
export type Submission = CommandHead & { readonly request: Request }
export type AccountWriter = Writer<Submission, State, AccountEvent>

const VERSIONS = new Map(ACCOUNT_EVENTS.map(({ type, v }) => [type, v]))

/** What the transact loop needs to write a partition of accounts; `seen` is the market as it stands right now. */
const accountSpec = (
  partition: number,
  seen: (symbol: Symbol) => MarketSeen | undefined
): WriterSpec<Submission, Command, State, AccountEvent> => ({
  decider: accountDecider(partition),
  codec: ledgerCodec,
  versionOf: (type) => VERSIONS.get(type) ?? 1,
  gather: (submission, at, state) => ({ ...submission, at, ...marketFor(submission.request, state, seen) }),
  envelopeOf: ({ actor, id, trace }, { data }) => ({
    actor,
    cause: id,
    // an order's story is tied together by its id, everything else by the command that began it
    correlation: "orderId" in data ? data.orderId : id,
    ...(trace !== undefined && { trace })
  }),
  answeredBefore,
  recordedAt: (state) => state.recordedAt
})

const marketFor = (request: Request, state: State, seen: (symbol: Symbol) => MarketSeen | undefined) => {
  if (request.type !== "SubmitOrder" && request.type !== "ReplaceOrder") return undefined
  const symbol = request.type === "SubmitOrder" ? request.symbol : state.orders.get(request.orderId)?.symbol
  const market = symbol === undefined ? undefined : seen(symbol)
  return market === undefined ? undefined : { seen: market }
}

export const openAccountWriter = (
  options: Omit<WriterOptions<Submission, Command, State, AccountEvent>, "spec"> & {
    readonly seen: (symbol: Symbol) => MarketSeen | undefined
  }
): Promise<AccountWriter> => openWriter({ ...options, spec: accountSpec(options.partition, options.seen) })
