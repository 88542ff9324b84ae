import type { Request } from "#domain/account/commands.ts"
import type { HeldOver, MovedGroup } from "#domain/account/move-events.ts"
import { heldOver } from "#domain/account/held-over.ts"
import type { State } from "#domain/account/state.ts"
import type { AccountId, Currency, GroupId, OwnerId } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Quantity } from "#domain/kernel/money.ts"
import { createHash } from "node:crypto"
import type { Draw } from "./draw.ts"

const GROUP = "V" as GroupId
const ACCOUNT = "V1" as AccountId
const OTHER_PARTITION = 1

/** Draws the life of a group that only travels: opened, paid into, given units, sent away, refused, and sent back. */
export class Moves {
  readonly #draw: Draw
  /** as it left last */
  #left: MovedGroup | undefined
  #heldOver: HeldOver = { limits: [], halts: [] }
  readonly #friend: AccountId
  constructor(draw: Draw, friend: AccountId) {
    this.#draw = draw
    this.#friend = friend
  }

  request(state: State): Request {
    const leaving = [...state.transit.groups]
    if (leaving.length > 0) {
      const [[moveId, { content, heldOver }]] = leaving as [(typeof leaving)[0]]
      this.#left = JSON.parse(content) as MovedGroup
      this.#heldOver = JSON.parse(heldOver) as HeldOver
      const refused = { refused: { code: "GroupExists", detail: "there is one" } }
      const kind = this.#draw.below(4)
      if (kind === 0) return this.#deposit() // it is nowhere right now
      return { type: "SettleGroup", moveId, ...(kind === 1 && refused) }
    }
    if (state.away.has(ACCOUNT)) return this.#back(state)
    if (!state.accounts.has(ACCOUNT)) {
      const terms = { owner: "V" as OwnerId, accountType: "cash", currency: "USD" as Currency } as const
      return { type: "OpenAccount", account: ACCOUNT, group: GROUP, ...terms }
    }
    const kind = this.#draw.below(8)
    if (kind === 0 && this.#left !== undefined) return this.#back(state) // it is here already
    if (kind < 4) return { type: "MoveGroup", group: GROUP, toPartition: OTHER_PARTITION }
    return kind < 6 ? this.#deposit() : this.#units(state)
  }

  /** Somebody gives it of what he has, or it gives of its own. */
  #units({ accounts }: State): Request {
    const owners = [...accounts.values()].filter(({ balances }) => balances.holdings.size > 0)
    if (owners.length === 0) return this.#deposit()
    const { id, balances } = this.#draw.one(owners)
    const symbol = this.#draw.one([...balances.holdings.keys()])
    const quantity = (parseFixed("0.1") * BigInt(1 + this.#draw.below(10))) as Quantity
    return { type: "Transfer", account: id, to: id === ACCOUNT ? this.#friend : ACCOUNT, moved: { symbol, quantity } }
  }
  #deposit(): Request {
    const amount = parseFixed(String(1 + this.#draw.below(50))) as Cash
    return { type: "Deposit", account: ACCOUNT, currency: "USD" as Currency, amount }
  }
  #back(state: State): Request {
    const { transit } = state
    const transitNo = (transit.taken.get(OTHER_PARTITION) ?? 0) + 1
    const moveId = `${OTHER_PARTITION}-${1000 + transitNo}`
    const head = { moveId, group: GROUP, fromPartition: OTHER_PARTITION, transitNo }
    if (!transit.arriving.has(moveId)) return { type: "ReceiveAnswers", ...head, part: 1, answers: "0" }
    const moved = { ...this.#left!, moves: this.#left!.moves + 1 }
    const isWrong = this.#draw.below(6) === 0
    const hash = createHash("sha256")
      .update(isWrong ? "another" : JSON.stringify(moved))
      .digest("hex")
    // where it was the same held, mostly
    const there = this.#draw.below(4) === 0 ? this.#heldOver : heldOver(state)
    return { type: "ReceiveGroup", ...head, parts: 1, hash, moved, heldOver: there }
  }
}
