// The platform's own engine over a log in memory, with a market that the test moves, and risk's routes over HTTP.
import type { Request } from "#domain/account/commands.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Price, type Quantity } from "#domain/kernel/money.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { makeDesk } from "#services/oms/desk.ts"
import type { OrderHistory } from "#services/desk/history.ts"
import { sender, type Outcome } from "#services/desk/send.ts"
import { wallClock } from "#services/platform/clock.ts"
import { openEngine, type Engine, type EngineOptions } from "#services/platform/engine.ts"
import { makeRiskDesk } from "#services/risk/desk.ts"
import { riskRoutes } from "#services/risk/handlers.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import { serve, type Served } from "#tests/services/http/served.ts"

export const BTC = "BTCUSDT" as Symbol
export const META = { actor: "test", requestId: "r" }

export type PaperPlatform = {
  readonly engine: Engine
  readonly oms: ReturnType<typeof makeDesk>
  readonly served: Served
  /** A quote and a trade at this price. */
  readonly market: (price: string, symbol?: Symbol) => void
  readonly run: (request: object, id?: string) => Promise<Outcome["events"]>
  readonly close: () => Promise<void>
}

export const NO_HISTORY = {
  waitFor: async () => true,
  order: async () => undefined,
  orders: async () => []
} as OrderHistory

type Options = Partial<
  Pick<EngineOptions, "log" | "raw" | "reserveBytes" | "staleAfterSeconds" | "missed" | "followed">
>
export const paperPlatform = async ({ log = memoryLog(), ...more }: Options = {}): Promise<PaperPlatform> => {
  const clock = wallClock()
  const engine = await openEngine({ log, clock, seed: 1, demo: false, ...more })
  const { writer, board, orders: live } = engine
  const send = sender(writer, log, clock)
  const served = await serve([riskRoutes(makeRiskDesk(writer, send, { seen: marketSeen(board), clock }))])
  let no = engine.mdNo
  const market = (text: string, symbol = BTC) => {
    const price = parseFixed(text) as Price
    const size = parseFixed("100") as Quantity
    const head = () => ({ no: ++no, at: clock(), symbol })
    engine.session.market({ kind: "quote", ...head(), bid: price, bidSize: size, ask: price, askSize: size })
    engine.session.market({
      kind: "trade",
      ...head(),
      price,
      quantity: parseFixed("1") as Quantity,
      aggressor: "buy",
      tradeId: `T${no}`
    })
  }
  return {
    engine,
    oms: makeDesk({ writer, log, live, history: NO_HISTORY, clock }),
    served,
    market,
    run: async (request, id) => {
      const outcome = await send(request as Request, id, META)
      if ("problem" in outcome) throw new Error(outcome.problem.detail)
      return outcome.events
    },
    close: async () => {
      engine.session.stop()
      await engine.intake.stop()
      engine.reserve.stop()
      await served.close()
      await writer.stop()
    }
  }
}
