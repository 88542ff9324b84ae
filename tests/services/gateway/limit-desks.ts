// A gateway over the real desks of three partitions, each of which may be out of reach.
import { Result } from "effect"
import type { Request } from "#domain/account/commands.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { SetLimits } from "#services/contract/limits.ts"
import { sender } from "#services/desk/send.ts"
import type { Forward } from "#services/gateway/forward-all.ts"
import { forwardLimits } from "#services/gateway/forward-limits.ts"
import { type Forwarded, pathOf } from "#services/gateway/forwarded.ts"
import { type Answer, refused } from "#services/http/answer.ts"
import { decoder } from "#services/http/decode.ts"
import { makeRiskDesk } from "#services/risk/desk.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { instrument, market, MORNING } from "#tests/domain/account/story.ts"

const META = { actor: "test", requestId: "r" }
const decode = decoder(SetLimits)
const away = refused(503, "NotTheWriter", "nobody writes it")

const partition = async (no: number) => {
  const clock = () => MORNING
  const seen = { clock, seen: () => market("100", "100") }
  const log = memoryLog()
  const writer = await openAccountWriter({ log, partition: no, writerId: "w", ...seen })
  const send = sender(writer, log, clock)
  const desk = makeRiskDesk(writer, send, seen)
  const run = async (request: object) => {
    const outcome = await send(request as Request, undefined, META)
    if ("problem" in outcome) throw new Error(outcome.problem.detail)
    return outcome.events
  }
  await run({ type: "AdoptInstrument", instrument: instrument() })
  return { desk, run, eventNo: () => writer.head().eventNo }
}

export const NOTHING = {
  maxPosition: "0",
  maxOpenOrders: 0,
  maxGrossNotional: "0",
  maxOpenNotional: "0",
  maxDailyLoss: "0",
  maxTrailingLoss: "0",
  maxDrawdown: "0"
}
type Asked = { readonly partition: number; readonly limits?: Record<string, unknown>; readonly reason?: string }
export const begun = async (partitions: () => ReadonlyArray<number> = () => [0, 1, 2]) => {
  const all = await Promise.all([0, 1, 2].map(partition))
  /** what was sent to be written, in its order */
  const written: Array<Asked> = []
  const state = { isAway: (_asked: Asked): boolean => false, meanwhile: async () => {} }
  const answerOf = async (request: Forwarded): Promise<Answer<unknown>> => {
    const { pathname, searchParams } = pathOf(request)
    const [, scope, id] = /^\/risk\/limits\/(\w+)\/(\w+)$/u.exec(pathname) ?? []
    if (request.method === "GET" && scope !== undefined) {
      const no = Number(searchParams.get("partition"))
      if (state.isAway({ partition: no })) return away
      return all[no]!.desk.level({ scope: scope as "firm", id: id!, partition: no }, META)
    }
    const asked = JSON.parse(request.body!) as Asked
    if (state.isAway(asked)) return away
    written.push(asked)
    const decoded = decode(asked)
    const answer = Result.isFailure(decoded)
      ? { problem: decoded.failure }
      : await all[asked.partition ?? 0]!.desk.setLimits(decoded.success, META)
    await state.meanwhile()
    return answer
  }
  const contentType = "application/json"
  // what a writer refuses comes as its answer, what nobody takes as a problem of the way
  const next: Forward = async (request) => {
    const answer = await answerOf(request)
    if (answer === away) return away
    if (!("problem" in answer)) return { status: answer.status, contentType, body: JSON.stringify(answer.body) }
    return { status: answer.problem.status, contentType, body: JSON.stringify(answer.problem) }
  }
  const forward = forwardLimits({ forward: next, partitions: async () => partitions(), clock: () => MORNING })
  const told = async (request: Pick<Forwarded, "method" | "path" | "body">) => {
    const outcome = await forward({ ...request, headers: {} })
    if ("problem" in outcome) return { ...outcome.problem } as Record<string, unknown>
    return { status: outcome.status, ...(JSON.parse(outcome.body) as object) } as Record<string, unknown>
  }
  const put = (limits: object, more: object = {}) =>
    told({
      method: "PUT",
      path: "/risk/limits",
      body: JSON.stringify({ scope: "firm", id: "firm", limits, reason: "a test", ...more })
    })
  const get = (path = "/risk/limits/firm/firm") => told({ method: "GET", path, body: undefined })
  const recorded = () => all.map(({ eventNo }) => eventNo())
  return { all, put, get, told, state, written, recorded }
}
