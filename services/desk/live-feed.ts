import { formatFixed } from "#domain/kernel/money.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import type { PriceBoard } from "#domain/market/board.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type {
  Channel,
  ChannelData,
  ChannelName,
  ExecutionBody,
  LiveMessage,
  QuoteBody
} from "#services/contract/live.ts"
import type { PnlBody } from "#services/contract/pnl.ts"
import { refused } from "#services/http/answer.ts"
import { fillBody, orderBody, type OrderView } from "./bodies.ts"
import type { LiveOrders } from "./live-orders.ts"

export type LiveFeedSources = {
  readonly partition: number
  readonly orders: LiveOrders
  readonly board: PriceBoard
  readonly pnl: (account: string) => PnlBody | undefined
  readonly eventNo: () => number
  readonly isListed: (symbol: Symbol) => Promise<boolean>
}
type Listener = (message: LiveMessage) => void
/** A change that can be sent again to a client that was cut off; its message is put together when somebody hears it. */
type Kept = { readonly eventNo: number; readonly channel: ChannelName; readonly message: () => LiveMessage }

const MOST_KEPT = 20_000
const SNAPSHOT_FINISHED = 50
const PNL_EVERY_MS = 500

/** What `/ws` sends: a snapshot, then each change as it is committed; the newest changes are kept for who was cut off. */
export class LiveFeedHub {
  readonly #sources: LiveFeedSources
  readonly #listeners = new Map<ChannelName, Set<Listener>>()
  #kept: Array<Kept> = []
  #keptFrom: number
  readonly #pnlTimer: NodeJS.Timeout

  constructor(sources: LiveFeedSources) {
    this.#sources = sources
    this.#keptFrom = sources.eventNo()
    this.#pnlTimer = setInterval(() => this.#sendPnl(), PNL_EVERY_MS)
    this.#pnlTimer.unref()
  }

  close(): void {
    clearInterval(this.#pnlTimer)
  }

  /** A durable event and the order as it left it. */
  committed(event: LedgerEvent, view: OrderView | undefined): void {
    if (view === undefined) return
    const { partition } = this.#sources
    const { account } = view.row
    this.#change(event.eventNo, `orders:${account}`, () => orderBody(view, partition))
    const fill = event.type === "OrderFilled" ? view.fills.at(-1) : undefined
    if (fill !== undefined) this.#change(event.eventNo, `executions:${account}`, () => executionBody(view, fill))
  }

  market(message: MarketMessage): void {
    const channel: ChannelName = `quotes:${message.symbol}`
    if (message.kind === "depth" || !this.#listeners.has(channel)) return
    const data = this.#quote(message.symbol)
    if (data !== undefined) this.#tell(channel, { channel, data })
  }

  subscribe = async (channel: Channel, from: string | undefined, onData: Listener) => {
    const nothing = await this.#nothingBehind(channel)
    if (nothing !== undefined) return nothing
    // from here on in one turn: no change may come between what was missed and what is heard
    const own = from?.split(",").find((part) => part.startsWith(`${this.#sources.partition}:`))
    const after = own === undefined ? undefined : Number(own.slice(own.indexOf(":") + 1))
    if (after !== undefined && after < this.#keptFrom) {
      return refused(
        422,
        "PositionTooOld",
        "changes since then are not kept here: subscribe without from for a snapshot"
      )
    }
    if (after !== undefined && after > this.#sources.eventNo())
      return refused(422, "PositionNotReached", "the ledger has not come so far: subscribe without from for a snapshot")
    const listeners = this.#listeners.get(channel.name) ?? new Set()
    this.#listeners.set(channel.name, listeners.add(onData))
    const missed = after === undefined ? this.#snapshot(channel) : this.#missed(channel.name, after)
    for (const message of missed) onData(message)
    return () => {
      listeners.delete(onData)
      if (listeners.size === 0) this.#listeners.delete(channel.name)
    }
  }

  /** Orders of an unknown account are an empty list; where there is no list, silence would look like a quiet market. */
  async #nothingBehind({ kind, id }: Channel) {
    if (kind === "pnl" && this.#sources.pnl(id) === undefined)
      return refused(422, "UnknownAccount", `there is no account ${id}`)
    if (kind !== "quotes" || this.#quote(id as Symbol) !== undefined) return undefined
    return (await this.#sources.isListed(id as Symbol))
      ? undefined
      : refused(422, "UnknownSymbol", `there is no instrument ${id}`)
  }

  /** This runs for every event in the writer's turn: a body takes longer than the decision, and most are heard by nobody. */
  #change(eventNo: number, channel: ChannelName, data: () => LiveMessage["data"]): void {
    let made: LiveMessage | undefined
    const position = `${this.#sources.partition}:${eventNo}`
    const message = () => (made ??= { channel, position, data: data() })
    this.#kept.push({ eventNo, channel, message })
    if (this.#kept.length > MOST_KEPT * 1.5) {
      this.#kept = this.#kept.slice(-MOST_KEPT)
      this.#keptFrom = this.#kept[0]!.eventNo
    }
    if (this.#listeners.has(channel)) this.#tell(channel, message())
  }
  #tell(channel: ChannelName, message: LiveMessage): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener(message)
  }
  #missed(channel: ChannelName, after: number): ReadonlyArray<LiveMessage> {
    return this.#kept.filter((kept) => kept.channel === channel && kept.eventNo > after).map(({ message }) => message())
  }

  #snapshot({ name: channel, kind, id }: Channel): ReadonlyArray<LiveMessage> {
    const data = this.#snapshotData(kind, id)
    if (data === undefined) return []
    const position = kind === "quotes" ? {} : { position: `${this.#sources.partition}:${this.#sources.eventNo()}` }
    return [{ channel, ...position, data }]
  }
  #snapshotData(kind: Channel["kind"], id: string): ChannelData[Channel["kind"]] | undefined {
    if (kind === "quotes") return this.#quote(id as Symbol)
    if (kind === "pnl") return this.#sources.pnl(id)
    const { orders, partition } = this.#sources
    const isShown = ({ row, fills }: OrderView) => row.account === id && (kind === "orders" || fills.length > 0)
    const of = (views: Iterable<OrderView>) => [...views].filter(isShown)
    const finished = of(orders.finished()).slice(-SNAPSHOT_FINISHED)
    const views = [...finished, ...of(orders.open())].toSorted((a, b) => (a.row.createdAt < b.row.createdAt ? -1 : 1))
    if (kind === "orders") return views.map((view) => orderBody(view, partition))
    return views
      .flatMap((view) => view.fills.map((fill) => executionBody(view, fill)))
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
  }

  #quote(symbol: Symbol): QuoteBody | undefined {
    const quote = this.#sources.board.quoteOf(symbol)
    if (quote === undefined) return undefined
    const last = this.#sources.board.lastOf(symbol)
    return {
      symbol,
      bid: formatFixed(quote.bid),
      bidSize: formatFixed(quote.bidSize),
      ask: formatFixed(quote.ask),
      askSize: formatFixed(quote.askSize),
      ...(last !== undefined && { last: formatFixed(last.price) }),
      at: quote.at,
      mdNo: quote.mdNo
    }
  }

  #sendPnl(): void {
    for (const channel of this.#listeners.keys()) {
      if (!channel.startsWith("pnl:")) continue
      const data = this.#sources.pnl(channel.slice(4))
      if (data !== undefined) this.#tell(channel, { channel, position: data.position, data })
    }
  }
}

const executionBody = ({ row }: OrderView, fill: OrderView["fills"][number]): ExecutionBody => ({
  ...fillBody(fill),
  orderId: row.orderId as ExecutionBody["orderId"],
  clOrdId: row.clOrdId,
  account: row.account,
  symbol: row.symbol,
  side: row.side as ExecutionBody["side"]
})
