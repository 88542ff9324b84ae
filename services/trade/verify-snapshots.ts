import { join } from "node:path"
import { accountDecider } from "#domain/account/decider.ts"
import type { State } from "#domain/account/state.ts"
import { Views } from "#services/desk/views.ts"
import { partitionOf, snapshotOf, type PartitionAt } from "#services/snapshots/partition-snapshot.ts"
import { foldAccounts } from "#streams/account-writer.ts"
import type { Folded } from "#streams/open-epoch.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"
import { checkedSnapshot, commitAt } from "#streams/snapshots/newest-sound.ts"
import { dataFolder } from "./places.ts"
import { count } from "./progress.ts"
import type { Tools } from "./tools.ts"
import type { Said } from "./usage.ts"
import type { Fault } from "./verify-ledger.ts"

export const SNAPSHOT_OPTIONS = {
  snapshots: {
    help: "also that each snapshot, and what the ledger holds after it, gives the same as a replay from the first event"
  }
} as const

/** A snapshot that was compared with a replay. */
export type ComparedSnapshot = { readonly partition: number; readonly commit: number; readonly eventNo: number }
export type SnapshotFindings = {
  readonly place: string
  readonly equal: ReadonlyArray<ComparedSnapshot>
  readonly faults: ReadonlyArray<Fault>
}

/** Where snapshots are: in the data folder, wherever the ledger is. */
export const snapshotFolder = (said: Said, tools: Tools): string => join(dataFolder(said, tools), "snapshots")

/**
 * Replays each partition once. Where a snapshot was taken the replay's state must have the same bytes; from there on the
 * snapshot's is told the same events, and at the end both must have the same bytes once more.
 */
export const verifySnapshots = async (
  store: SnapshotStore,
  log: EventLog,
  partitions: ReadonlyArray<number>,
  progress: Tools["progress"]
): Promise<SnapshotFindings> => {
  const found = { equal: [] as Array<ComparedSnapshot>, faults: [] as Array<Fault> }
  for (const partition of partitions) {
    const compared = new Compared(store, partition)
    const line = progress(`partition ${partition}: snapshots`)
    try {
      found.faults.push(...(await compared.open(log)))
      if (compared.isEmpty) continue
      const total = (await log.head(partition))?.no
      const views = new Views()
      const whole = await foldAccounts({
        log,
        partition,
        onCommit: ({ stored, epoch }, events, state) => {
          compared.tell(events, stored, epoch)
          views.replayed(events, state)
          const folded = { state, head: stored, eventNo: state.eventNo, epoch }
          found.faults.push(...compared.at({ folded, views }))
          line.at(stored.no, total, `${count(state.eventNo)} events`)
        }
      })
      found.faults.push(...compared.end({ folded: whole, views }))
      found.equal.push(...compared.equal)
    } catch (error) {
      const reason = `partition ${partition}: its snapshots cannot be compared with a replay: ${(error as Error).message}`
      found.faults.push({ check: "snapshots", partition, reason })
    } finally {
      line.end()
    }
  }
  return { place: store.name, ...found }
}

type Followed = { readonly no: number; readonly eventNo: number; at: PartitionAt }
type Events = Parameters<Views["replayed"]>[0]

/** The snapshots of a partition, each followed from its commit on. */
class Compared {
  readonly #store: SnapshotStore
  readonly #partition: number
  readonly #evolve: (state: State, event: Events[number]) => State
  #waiting = new Map<number, PartitionAt>()
  #followed: Array<Followed> = []
  constructor(store: SnapshotStore, partition: number) {
    this.#store = store
    this.#partition = partition
    this.#evolve = accountDecider(partition).evolve
  }
  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }
  get equal(): ReadonlyArray<ComparedSnapshot> {
    return this.#followed.map(({ no, eventNo }) => ({ partition: this.#partition, commit: no, eventNo }))
  }

  /** Reads them all; says which cannot be used. */
  async open(log: EventLog): Promise<ReadonlyArray<Fault>> {
    const faults: Array<Fault> = []
    for (const { no } of await this.#store.list(this.#partition)) {
      const commit = await commitAt(log, this.#partition, no)
      try {
        const bytes = await this.#store.get(this.#partition, no)
        if (bytes === undefined) continue // a platform that runs has just dropped it
        this.#waiting.set(no, partitionOf(checkedSnapshot(bytes, this.#partition, no, commit)))
      } catch (error) {
        faults.push(this.#fault(no, `cannot be used: ${(error as Error).message}`))
      }
    }
    return faults
  }

  tell(events: Events, { no, hash }: Folded<State>["head"], epoch: number): void {
    for (const followed of this.#followed) {
      const { folded, views } = followed.at
      let { state } = folded
      for (const event of events) state = this.#evolve(state, event)
      views.replayed(events, state)
      followed.at = { folded: { state, head: { no, hash }, eventNo: state.eventNo, epoch }, views }
    }
  }

  /** The replay stands here: a snapshot of this commit must be the same, and is followed from here on. */
  at(whole: PartitionAt): ReadonlyArray<Fault> {
    const { no } = whole.folded.head
    const snapshot = this.#waiting.get(no)
    if (snapshot === undefined) return []
    this.#waiting.delete(no)
    const differing = difference(snapshot, whole)
    if (differing !== undefined) return [this.#fault(no, `is not what a replay gives: its ${differing} differs`)]
    this.#followed.push({ no, eventNo: snapshot.folded.eventNo, at: snapshot })
    return []
  }

  end(whole: PartitionAt): ReadonlyArray<Fault> {
    const faults = this.#followed.flatMap(({ no, at }) => {
      const differing = difference(at, whole)
      const reason = `and the events after it do not give what a replay gives: their ${differing} differs`
      return differing === undefined ? [] : [this.#fault(no, reason)]
    })
    this.#followed = this.#followed.filter(({ no }) => !faults.some(({ commit }) => commit === no))
    return faults
  }

  #fault(no: number, reason: string): Fault {
    const which = `partition ${this.#partition}: the snapshot of commit ${no}`
    return { check: "snapshots", partition: this.#partition, commit: no, reason: `${which} ${reason}` }
  }
}

/** Which part of two is not alike, where one is. */
const difference = (a: PartitionAt, b: PartitionAt): string | undefined => {
  const [one, other] = [snapshotOf(a, ""), snapshotOf(b, "")]
  if (JSON.stringify(one.head) !== JSON.stringify(other.head)) return "place in the ledger"
  return one.parts.find(({ bytes }, i) => Buffer.compare(bytes, other.parts[i]!.bytes) !== 0)?.name
}

export const snapshotLines = (findings: SnapshotFindings | undefined): ReadonlyArray<string> =>
  findings === undefined
    ? []
    : [
        ...(findings.equal.length + findings.faults.length === 0
          ? [`  there are no snapshots in ${findings.place}`]
          : []),
        ...findings.equal.map(
          ({ partition, commit, eventNo }) =>
            `  partition ${partition}: the snapshot of commit ${commit} (event ${count(eventNo)}) and what follows equal a replay`
        )
      ]
