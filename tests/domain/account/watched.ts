// A story in which the monitors run: whatever happened asks what is due, as the platform's session does.
import type { Request } from "#domain/account/commands.ts"
import { monitorReaction, monitorsAfterRestart, type MonitorCommand } from "#domain/account/monitor-reaction.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { react } from "#streams/react.ts"
import { amount, BTC, market, Story, USDT, type Outcome } from "./story.ts"

export type Watched = {
  readonly story: Story
  /** Everything that followed, in order; what is asked twice is decided twice, as in the platform. */
  readonly follow: (outcome: Outcome) => ReadonlyArray<Recorded<AccountEvent>>
  readonly mark: (price: string, symbol?: Symbol) => ReadonlyArray<Recorded<AccountEvent>>
  /** What a start asks. */
  readonly start: () => ReadonlyArray<Recorded<AccountEvent>>
}

export const watched = (story = Story.begun()): Watched => {
  const due: Array<MonitorCommand> = []
  const find = (id: OrderId) => story.state.orders.get(id) ?? story.state.finished.find(id)
  const reaction = monitorReaction(0, () => story.state, find)
  const listen = react(reaction, (command: MonitorCommand) => void due.push(command))
  let price = "100"
  const run = () => {
    const events: Array<Recorded<AccountEvent>> = []
    for (let next = due.shift(); next !== undefined; next = due.shift()) {
      const { request, ...head } = next
      const outcome = story.send(request, { ...head, seen: market(price, price) })
      if (outcome.kind === "refused") throw new Error(`${request.type} was refused: ${outcome.code}`)
      events.push(...outcome.events)
      outcome.events.forEach(listen)
    }
    return events
  }
  return {
    story,
    follow: (outcome) => {
      // asked twice: another event of the same commit may ask the same
      outcome.events.forEach(listen)
      outcome.events.forEach(listen)
      return run()
    },
    mark: (text, symbol = BTC) => {
      price = text
      const seen = { price: amount<never>(text), source: "mid", mdNo: 1, markedAt: story.now } as const
      const outcome = story.send({ type: "RecordMark", symbol, ...seen } as Request)
      outcome.events.forEach(listen)
      outcome.events.forEach(listen)
      return run()
    },
    start: () => {
      due.push(...monitorsAfterRestart(story.state))
      return run()
    }
  }
}

/** Margin account M of group M with 1,000 USDT. */
export const withMargin = (): Watched => {
  const story = Story.begun()
  const ids = { account: "M" as AccountId, owner: "owner-M" as OwnerId, group: "M" as GroupId }
  story.send({ type: "OpenAccount", ...ids, accountType: "margin", currency: USDT })
  story.deposit("1000", "M")
  story.limits("account", "M", { shortAllowed: true })
  return watched(story)
}

/** Buys or sells without a fee. */
export const trade = (
  { story }: Watched,
  side: "buy" | "sell",
  quantity: string,
  price = "100",
  account = "M",
  symbol = BTC as string
): Outcome => story.fill(story.place({ account, symbol, side, quantity, price }), quantity, price, { fee: 0n as never })
