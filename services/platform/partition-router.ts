import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import { unavailable } from "#services/desk/refusals.ts"
import { type Answer, refused } from "#services/http/answer.ts"
import type { AccountDirectory } from "#streams/account-directory.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import type { Desks, PartitionDesk } from "./partition-desk.ts"

export type RouterOptions = {
  readonly desks: ReadonlyMap<number, PartitionDesk>
  readonly directory: AccountDirectory
  /** every partition that the ledger has now, each of them followed here */
  readonly partitions: () => Promise<ReadonlyArray<number>>
}
type Ask<T> = (desks: Desks) => Promise<Answer<T>>

const FIRST_PARTITION = 0

/** Nothing was recorded: whoever asks again finds the writer. */
const notHere = (partition: number) =>
  refused(503, "NotTheWriter", `partition ${partition} is not written here right now`, { retryAfterSeconds: 1 })

/** Of who has left and is not known to have arrived yet it is not said that there is nobody. */
const notAway =
  <T>(account: AccountId, ask: Ask<T>): Ask<T> =>
  async (desks) => {
    const answer = await ask(desks)
    if (!("problem" in answer) || answer.problem.code !== "UnknownAccount" || !(await desks.isAway(account)))
      return answer
    return refused(503, "NotTheWriter", `${account} is on its way to another partition`, { retryAfterSeconds: 1 })
  }

/** Asks the desks of the partition that is concerned, when this process writes it. */
export class PartitionRouter {
  readonly #options: RouterOptions
  constructor(options: RouterOptions) {
    this.#options = options
  }

  partitions(): Promise<ReadonlyArray<number>> {
    return this.#options.partitions()
  }

  /** What is read must be from a writer that nobody else can have replaced; what is written is fenced by the log. */
  on<T>(partition: number, isRead: boolean, ask: Ask<T>): Promise<Answer<T>> {
    const here = this.#options.desks.get(partition)?.desks(isRead)
    return here === undefined ? Promise.resolve(notHere(partition)) : ask(here)
  }
  /** Where the account was opened; of one that nobody knows any writer says so. */
  onAccount<T>(account: AccountId, isRead: boolean, ask: Ask<T>): Promise<Answer<T>> {
    const { directory } = this.#options
    return this.#onKnown(() => directory.partitionOf(account), undefined, isRead, notAway(account, ask))
  }
  /** Which partition an account is in, by all that is recorded; undefined where there is none. */
  async whereIs(account: AccountId): Promise<number | undefined> {
    const { directory } = this.#options
    const known = directory.partitionOf(account)
    if (known !== undefined) return known
    await this.#catchUp()
    return directory.partitionOf(account)
  }
  onGroup<T>(group: GroupId, isRead: boolean, ask: Ask<T>): Promise<Answer<T>> {
    const { directory } = this.#options
    return this.#onKnown(() => directory.partitionOfGroup(group), undefined, isRead, ask)
  }
  /** Where an account of that name or group is already, else in `asked`. */
  onNewAccount<T>(account: AccountId, group: GroupId, asked = FIRST_PARTITION, ask: Ask<T>): Promise<Answer<T>> {
    const { directory } = this.#options
    const found = () => directory.partitionOf(account) ?? directory.partitionOfGroup(group)
    return this.#onKnown(found, asked, false, ask)
  }
  /** By an id that begins with its partition's number, as those of orders do. */
  onId<T>(id: string, isRead: boolean, ask: Ask<T>): Promise<Answer<T>> {
    const [, number] = /^(?:halt-)?(\d+)-/u.exec(id) ?? []
    return this.on(number === undefined ? this.#anyHere() : Number(number), isRead, ask)
  }
  /** The one partition there is; several are a refusal that says what to do. */
  async onOnly<T>(isRead: boolean, field: string, why: string, ask: Ask<T>): Promise<Answer<T>> {
    const [only, ...more] = await this.partitions()
    if (more.length === 0) return this.on(only!, isRead, ask)
    return refused(422, "SeveralPartitions", why, { errors: [{ field, reason: why }] })
  }

  #onKnown<T>(found: () => number | undefined, otherwise: number | undefined, isRead: boolean, ask: Ask<T>) {
    const at = found()
    // the way of every order: nothing is waited for where the account is known
    if (at !== undefined) return this.on(at, isRead, ask)
    const asked = async () => {
      await this.#catchUp()
      return this.on(found() ?? otherwise ?? this.#anyHere(), isRead, ask)
    }
    return asked().catch(unavailable)
  }
  /** Until everything that was recorded elsewhere is known here. */
  async #catchUp(): Promise<void> {
    const { desks, directory } = this.#options
    const elsewhere = (await this.partitions()).filter((one) => desks.get(one)?.desks(true) === undefined)
    if (!(await directory.catchUp(elsewhere))) throw new LogUnavailable("the ledger has not been read to its end yet")
  }
  #anyHere(): number {
    const here = [...this.#options.desks.values()].find((desk) => desk.desks(true) !== undefined)
    return here?.partition ?? FIRST_PARTITION
  }
}
