import type { Request } from "#domain/account/commands.ts"
import { answeredBefore } from "#domain/account/decider.ts"
import type { AccountWriter, Submission } from "#streams/account-writer.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import type { LogSpace, Room } from "#streams/ports/log-space.ts"

/**
 * What may still be recorded from the reserve. Facts (reports of venues, money that moved) cannot be refused, and what
 * lowers risk must not be; a new risk, and what can wait, gives way to them.
 */
const FROM_RESERVE: Readonly<Record<Request["type"], boolean>> = {
  VenueReported: true,
  RecordRoute: true,
  CancelOrder: true,
  CancelAll: true,
  Kill: true,
  Halt: true,
  Resume: true,
  SetLimits: true,
  AllotLimit: true,
  Deposit: true,
  PostEntry: true,
  // what has left another partition, and what became of what has left this one
  ReceiveTransfer: true,
  SettleTransfer: true,
  ReceiveAnswers: true,
  ReceiveGroup: true,
  SettleGroup: true,
  // what follows from orders that were accepted while there was space
  TriggerOrder: true,
  WorkGroup: true,
  WatchLosses: true,
  WatchMargin: true,
  SubmitOrder: false,
  SubmitGroup: false,
  ReplaceOrder: false,
  Withdraw: false,
  Transfer: false,
  MoveGroup: false,
  OpenAccount: false,
  AdoptInstrument: false,
  RecordMark: false
}

export type ReserveOptions = {
  /** whatever must not run full: the ledger, what is kept raw */
  readonly spaces: ReadonlyArray<LogSpace>
  /** kept free; a tenth of the whole, and 256 MiB at most, unless told */
  readonly bytes?: number | undefined
  readonly everyMs?: number
}

const MOST_BYTES = 268_435_456
const EVERY_MS = 1_000
/** There has to be so much more than the reserve before orders are taken again, so that it does not flutter. */
const AGAIN = 1.1

/** Watches the room that a log has left, and stops new orders before fills and cancels would have to. */
export class Reserve {
  readonly #options: ReserveOptions
  readonly #looking: NodeJS.Timeout
  /** the one of which least is left above its reserve */
  #room: Room | undefined
  #isLow = false
  #trouble: string | undefined

  constructor(options: ReserveOptions) {
    this.#options = options
    this.#looking = setInterval(() => void this.look(), options.everyMs ?? EVERY_MS).unref()
  }

  /** Looks now; where nobody answers it stays as it was. */
  async look(): Promise<void> {
    try {
      const rooms = (await Promise.all(this.#options.spaces.map((space) => space.rooms()))).flat()
      this.#trouble = undefined
      const spare = (room: Room) => room.freeBytes - this.#kept(room) * (this.#isLow ? AGAIN : 1)
      this.#room = rooms.toSorted((a, b) => spare(a) - spare(b))[0]
      this.#isLow = this.#room !== undefined && spare(this.#room) < 0
    } catch (error) {
      this.#trouble = `how much room is left is not known: ${(error as Error).message}`
    }
  }

  /** What is kept, and what is left, of the narrowest. */
  get bytes(): number {
    return this.#kept(this.#room)
  }
  get freeBytes(): number {
    return this.#room?.freeBytes ?? Number.POSITIVE_INFINITY
  }
  #kept({ totalBytes }: Partial<Room> = {}): number {
    return this.#options.bytes ?? (totalBytes === undefined ? MOST_BYTES : Math.min(MOST_BYTES, totalBytes / 10))
  }

  /** Why new orders are not taken, while they are not. */
  get low(): string | undefined {
    if (!this.#isLow || this.#room === undefined) return undefined
    const { freeBytes, limit } = this.#room
    return `${megabytes(freeBytes)} are left of ${limit}, and ${megabytes(this.bytes)} are kept for fills and cancels`
  }
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** A writer that refuses, and records nothing of, what must not take from the reserve. */
  guard(writer: AccountWriter): AccountWriter {
    return {
      ...writer,
      submit: (submission) => {
        const { low } = this
        if (low === undefined || FROM_RESERVE[submission.request.type]) return writer.submit(submission)
        return unlessRepeat(writer, submission, low)
      }
    }
  }

  stop(): void {
    clearInterval(this.#looking)
  }
}

/** Of a repeat it is known what became of it, and its answer takes no space: "nothing was recorded" would be a lie. */
const unlessRepeat = async (writer: AccountWriter, submission: Submission, low: string) => {
  const before = await writer.look((state) => answeredBefore({ ...submission, at: state.recordedAt }, state))
  if (before === undefined) throw new LogUnavailable(low)
  return writer.submit(submission)
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(bytes < 10_485_760 ? 1 : 0)} MiB`
