import { setTimeout as sleep } from "node:timers/promises"
import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import { bodyOf, type CheckedCommit, followChecked } from "./chain.ts"
import { EMPTY_CHAIN } from "./commit.ts"
import type { EventLog } from "./ports/event-log.ts"

type Opened = { readonly account: AccountId; readonly group: GroupId }

/**
 * Which partition an account is in: written down in the ledger where the account was opened, and folded from there. A
 * group's accounts are in one partition.
 */
export class AccountDirectory {
  readonly #log: EventLog
  readonly #accounts = new Map<AccountId, number>()
  readonly #groups = new Map<GroupId, number>()
  /** up to which commit each partition has been read here */
  readonly #read = new Map<number, number>()
  readonly #stopping = new AbortController()
  readonly #following = new Map<number, Promise<void>>()
  constructor(log: EventLog) {
    this.#log = log
  }

  partitionOf(account: AccountId): number | undefined {
    return this.#accounts.get(account)
  }
  partitionOfGroup(group: GroupId): number | undefined {
    return this.#groups.get(group)
  }

  /** A commit that somebody else has read. */
  note(partition: number, commit: CheckedCommit): void {
    // few commits open an account: the others need not be parsed
    if (commit.text.includes('"AccountOpened"')) {
      for (const { type, data } of bodyOf(commit).events)
        if (type === "AccountOpened") this.opened(partition, data as Opened)
    }
    this.read(partition, commit.stored.no)
  }
  /** Everything up to a commit is known: of somebody who has read it before. */
  read(partition: number, no: number): void {
    this.#read.set(partition, no)
  }
  opened(partition: number, { account, group }: Opened): void {
    this.#accounts.set(account, partition)
    this.#groups.set(group, partition)
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
