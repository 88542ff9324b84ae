import { setTimeout as sleep } from "node:timers/promises"
import type { AccountEvent } from "#domain/account/events.ts"
import type { MovedGroup } from "#domain/account/move-events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import { bodyOf, type CheckedCommit, followChecked } from "./chain.ts"
import { EMPTY_CHAIN } from "./commit.ts"
import type { EventLog } from "./ports/event-log.ts"

const PLACING = ['"AccountOpened"', '"GroupMovedIn"', '"GroupReturned"']
type LedgerEvent = Pick<Recorded<AccountEvent>, "type" | "data">

/** Which accounts an event puts into its partition. */
export const placedBy = (event: LedgerEvent): ReadonlyArray<Placed> => {
  switch (event.type) {
    case "AccountOpened":
      return [event.data as Placed]
    case "GroupMovedIn":
    case "GroupReturned": {
      const { group, moves, accounts } = (event.data as { readonly moved: MovedGroup }).moved
      return accounts.map(({ account }) => ({ account, group, moves }))
    }
    default:
      return []
  }
}

/** An account that is in a partition; `moves`: how often its group had moved until it came there. */
export type Placed = { readonly account: AccountId; readonly group: GroupId; readonly moves?: number }
type Place = { readonly partition: number; readonly moves: number }

/**
 * Which partition an account is in: written down in the ledger where the account was opened, and where its group has
 * moved to, and folded from there. A group's accounts are in one partition. Partitions are read independently of each
 * other: of two that have had a group the one is right that it has moved to last, by the number of its moves.
 */
export class AccountDirectory {
  readonly #log: EventLog
  readonly #accounts = new Map<AccountId, Place>()
  readonly #groups = new Map<GroupId, Place>()
  /** up to which commit each partition has been read here */
  readonly #read = new Map<number, number>()
  readonly #stopping = new AbortController()
  readonly #following = new Map<number, Promise<void>>()
  constructor(log: EventLog) {
    this.#log = log
  }

  partitionOf(account: AccountId): number | undefined {
    return this.#accounts.get(account)?.partition
  }
  partitionOfGroup(group: GroupId): number | undefined {
    return this.#groups.get(group)?.partition
  }

  /** A commit that somebody else has read. */
  note(partition: number, commit: CheckedCommit): void {
    // few commits open or bring an account: the others need not be parsed
    if (PLACING.some((type) => commit.text.includes(type))) {
      for (const event of bodyOf(commit).events)
        for (const placed of placedBy(event as unknown as LedgerEvent)) this.opened(partition, placed)
    }
    this.read(partition, commit.stored.no)
  }
  /** Everything up to a commit is known: of somebody who has read it before. */
  read(partition: number, no: number): void {
    this.#read.set(partition, no)
  }
  opened(partition: number, { account, group, moves = 0 }: Placed): void {
    const place = { partition, moves }
    if (moves >= (this.#accounts.get(account)?.moves ?? 0)) this.#accounts.set(account, place)
    if (moves >= (this.#groups.get(group)?.moves ?? 0)) this.#groups.set(group, place)
  }

  /** Reads a partition by itself from now on. */
  follow(partition: number): void {
    if (this.#following.has(partition)) return
    const run = async () => {
      for await (const batch of followChecked(this.#log, partition, EMPTY_CHAIN, this.#stopping.signal))
        for (const commit of batch) this.note(partition, commit)
    }
    // a damaged ledger is told by whoever writes or verifies it; here it only ends what is known
    this.#following.set(
      partition,
      run().catch(() => undefined)
    )
  }

  /** Waits until what these partitions hold now has been read; false when that takes too long. */
  async catchUp(partitions: Iterable<number>, timeoutMs = 2_000): Promise<boolean> {
    const end = performance.now() + timeoutMs
    for (const partition of partitions) {
      const head = await this.#log.head(partition)
      while ((this.#read.get(partition) ?? 0) < (head?.no ?? 0)) {
        if (performance.now() > end) return false
        await sleep(5)
      }
    }
    return true
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#following.values())
  }
}
