import { createHash } from "node:crypto"
import type { Command, CommandHead, MarketSeen, Request } from "#domain/account/commands.ts"
import { accountDecider, answeredBefore } from "#domain/account/decider.ts"
import { movedText } from "#domain/account/decide-moves.ts"
import { ACCOUNT_EVENTS, type AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { ledgerCodec } from "./ledger-codec.ts"
import { foldOn, type Folded, nothingFolded } from "./open-epoch.ts"
import { type Standby, standBy } from "./standby.ts"
import { openWriter } from "./transact.ts"
import { type Writer, type WriterOptions, type WriterSpec } from "./writer.ts"

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
  gather: (submission, at, state) => ({
    ...submission,
    at,
    ...marketFor(submission.request, state, seen),
    ...hashFor(submission.request, state)
  }),
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

/** Of a group that is about to move, and of one that has come. */
export const hashFor = (request: Request, state: State): { readonly hash?: string } => {
  if (request.type !== "MoveGroup" && request.type !== "ReceiveGroup") return NO_HASH
  const text = request.type === "MoveGroup" ? movedText(state, request.group) : JSON.stringify(request.moved)
  return text === undefined ? NO_HASH : { hash: createHash("sha256").update(text).digest("hex") }
}
const NO_HASH = {}

const marketFor = (request: Request, state: State, seen: (symbol: Symbol) => MarketSeen | undefined) => {
  const symbols = symbolsOf(request, state)
  if (symbols.length === 0) return undefined
  const first = seen(symbols[0]!)
  if (symbols.length === 1) return first === undefined ? undefined : { seen: first }
  const bySymbol = new Map(symbols.flatMap((symbol) => (seen(symbol) === undefined ? [] : [[symbol, seen(symbol)!]])))
  return { ...(first !== undefined && { seen: first }), seenOf: bySymbol }
}

/** What a request may be judged by. */
const symbolsOf = (request: Request, state: State): ReadonlyArray<Symbol> => {
  switch (request.type) {
    case "SubmitOrder":
      return [request.symbol]
    case "ReplaceOrder": {
      const symbol = state.orders.get(request.orderId)?.symbol
      return symbol === undefined ? [] : [symbol]
    }
    case "SubmitGroup":
      return [...new Set(request.orders.map(({ symbol }) => symbol))]
    case "WatchMargin":
      return [...(state.accounts.get(request.account)?.risk.symbols.keys() ?? [])]
    case "WorkGroup": {
      const members = state.contingencies.get(request.groupId)?.members ?? []
      return [...new Set(members.flatMap(({ orderId }) => state.orders.get(orderId)?.symbol ?? []))]
    }
    default:
      return []
  }
}

export const openAccountWriter = (
  options: Omit<WriterOptions<Submission, Command, State, AccountEvent>, "spec"> & {
    readonly seen: (symbol: Symbol) => MarketSeen | undefined
  }
): Promise<AccountWriter> => openWriter({ ...options, spec: accountSpec(options.partition, options.seen) })

type Following = Omit<Parameters<typeof standBy<State, AccountEvent>>[0], "spec">
const foldable = <T extends { readonly partition: number }>(options: T) => ({
  ...options,
  spec: { decider: accountDecider(options.partition), codec: ledgerCodec }
})

/** Follows a partition of accounts, so that it can be written in a moment. */
export const followAccounts = (options: Following): Standby<State> => standBy(foldable(options))

/** Folds what the log holds of a partition of accounts, after `from` where that is known already. */
export const foldAccounts = ({
  from,
  onCommit,
  ...where
}: Pick<Following, "log" | "partition" | "onCommit"> & { readonly from?: Folded<State> | undefined }): Promise<
  Folded<State>
> => foldOn(foldable(where), from ?? nothingFolded(accountDecider(where.partition)), onCommit)
