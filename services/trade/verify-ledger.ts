import { accountDecider } from "#domain/account/decider.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import { EPOCH } from "#domain/kernel/time.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import { bodyOf, BrokenChain, checkRoot, readChecked } from "#streams/chain.ts"
import type { FaultKind } from "#streams/copies/faults.ts"
import { EMPTY_CHAIN, type ChainHead } from "#streams/commit.ts"
import { CannotFold, eventReader, type CommitPlace } from "#streams/fold.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { BrokenLaw, checkEvents, checkState, Recount } from "#services/simulation/laws.ts"
import { count } from "./progress.ts"
import type { Tools } from "./tools.ts"

/** Something that does not hold. */
export type Fault = {
  /** `chain`, `events`, `rules`, `balances`, `projections`, `copies`, `anchors`, `snapshots` */
  readonly check: string
  readonly reason: string
  readonly partition?: number
  /** the first commit that is bad */
  readonly commit?: number
  /** of `copies`: which copy, what is wrong with it, the last commit for the same reason, and who holds them sound */
  readonly copy?: string
  readonly kind?: FaultKind
  readonly last?: number
  readonly soundIn?: ReadonlyArray<string>
}
export type PartitionFindings = {
  readonly partition: number
  /** what was found sound: everything up to `head` */
  readonly commits: number
  readonly events: number
  readonly head: ChainHead
  readonly faults: ReadonlyArray<Fault>
}

/** Reads a partition from its first commit to its head and checks all of it; it ends at the first bad commit. */
export const verifyPartition = async (
  tools: Pick<Tools, "progress">,
  log: EventLog,
  partition: number,
  onEvent: (event: LedgerEvent, place: CommitPlace) => void
): Promise<PartitionFindings> => {
  const progress = tools.progress(`partition ${partition}: commits`)
  const decider = accountDecider(partition)
  const decode = eventReader<AccountEvent>((commit) => bodyOf(commit).events.map(ledgerCodec.decodeStrictly), 0)
  const recount = new Recount()
  let state = decider.initial()
  let head: ChainHead = EMPTY_CHAIN
  let events = 0
  let epoch = 0
  let recordedAt = EPOCH
  const total = (await log.head(partition))?.no
  const found = (faults: ReadonlyArray<Fault>): PartitionFindings => ({
    partition,
    commits: head.no,
    events,
    head,
    faults
  })
  try {
    for await (const batch of readChecked(log, partition)) {
      for (const commit of batch) {
        checkRoot(commit)
        if (commit.epoch < epoch) throw new BrokenLaw(`its epoch ${commit.epoch} follows epoch ${epoch}`)
        epoch = commit.epoch
        const recorded = decode(commit)
        for (const event of recorded) {
          if (event.recordedAt < recordedAt)
            throw new BrokenLaw(`event ${event.eventNo} was recorded before the one before it`)
          recordedAt = event.recordedAt
          state = decider.evolve(state, event)
          recount.book(event)
          onEvent(event, commit.stored)
        }
        checkEvents(recorded)
        events += recorded.length
        head = { no: commit.stored.no, hash: commit.stored.hash }
      }
      progress.at(head.no, total, `${count(events)} events`)
    }
  } catch (error) {
    return found([faultAt(partition, head.no + 1, error as Error)])
  } finally {
    progress.end()
  }
  return found(balanceFaults(partition, state, recount))
}

const faultAt = (partition: number, next: number, error: Error): Fault => {
  if (error instanceof BrokenChain) return { check: "chain", reason: error.message, partition, commit: error.no }
  if (error instanceof CannotFold) return { check: "events", reason: error.message, partition, commit: error.no }
  const reason = `ledger partition ${partition} is wrong at commit ${next}: ${error.message}`
  return { check: "rules", reason, partition, commit: next }
}

const balanceFaults = (partition: number, state: State, recount: Recount): ReadonlyArray<Fault> => {
  try {
    checkState(state, recount)
    return []
  } catch (error) {
    if (!(error instanceof BrokenLaw)) throw error
    return [{ check: "balances", reason: `partition ${partition}: ${error.message}`, partition }]
  }
}
