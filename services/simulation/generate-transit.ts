import type { Request } from "#domain/account/commands.ts"
import type { ReceiveTransfer, SettleTransfer } from "#domain/account/entries.ts"
import type { State } from "#domain/account/state.ts"
import type { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import type { Draw } from "./draw.ts"

/** An account of another partition. */
export const ELSEWHERE = { account: "E1" as AccountId, partition: 1 }

/** Draws what another partition sends and answers: mostly in turn, sometimes again, sometimes for nobody. */
export class Transit {
  readonly #draw: Draw
  readonly #accounts: ReadonlyArray<AccountId>
  #last: ReceiveTransfer | undefined
  constructor(draw: Draw, accounts: ReadonlyArray<AccountId>) {
    this.#draw = draw
    this.#accounts = accounts
  }

  request(state: State): Request {
    const leaving = [...state.transit.onTheirWay.values()]
    if (leaving.length > 0 && this.#draw.below(3) > 0) {
      const { from, carried } = this.#draw.one(leaving)
      return this.#settle(from, carried.transferId)
    }
    const kind = this.#draw.below(8)
    if (kind === 0) return this.#settle(this.#draw.one(this.#accounts), `0-${this.#draw.below(40)}`)
    if (kind < 3 && this.#last !== undefined) return this.#last
    return (this.#last = this.#receive(state, kind))
  }

  #settle(account: AccountId, transferId: string): SettleTransfer {
    const refused = this.#draw.below(2) === 0 ? {} : { refused: { code: "UnknownAccount", detail: "there is none" } }
    return { type: "SettleTransfer", account, transferId, ...refused }
  }
  #receive({ transit, instruments, recordedAt }: State, kind: number): ReceiveTransfer {
    const next = (transit.taken.get(ELSEWHERE.partition) ?? 0) + 1
    const transitNo = kind === 7 ? next + 1 : next
    const transferId = `${ELSEWHERE.partition}-${10 + transitNo}`
    const to = this.#draw.below(5) === 0 ? ("nobody" as AccountId) : this.#draw.one(this.#accounts)
    const currency = "USD" as Currency
    const amount = (parseFixed(String(1 + this.#draw.below(200))) + 3n) as Cash
    const known = this.#draw.below(3) > 0 ? undefined : this.#draw.one([...instruments.values()])
    const symbol = this.#draw.below(8) === 0 ? ("ZZZ" as Symbol) : known?.symbol
    const units = known && {
      symbol: symbol!,
      base: known.base,
      multiplier: known.multiplier as Rate,
      quantity: (parseFixed("0.1") * BigInt(1 + this.#draw.below(20))) as Quantity,
      cost: amount
    }
    return {
      type: "ReceiveTransfer",
      to,
      from: ELSEWHERE.account,
      fromPartition: ELSEWHERE.partition,
      transitNo,
      effectiveAt: plusMicros(recordedAt, -1000),
      carried: { transferId, currency, ...(units ?? { amount }) },
      ...(units && this.#draw.below(4) > 0 && { mark: this.#draw.price() })
    }
  }
}
