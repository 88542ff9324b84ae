import { microsBetween, type Time } from "#domain/kernel/time.ts"
import type { PnlBody } from "#services/contract/pnl.ts"
import type { LivePnl } from "#services/desk/live-pnl.ts"
import { ok, refused } from "#services/http/answer.ts"
import type { Pnl } from "./contract.ts"

/** P&L of an account as it stands, or undefined when there is no such account. Ages are in seconds at `now`. */
export const pnlBody = (live: LivePnl, account: string, partition: number, now: Time): PnlBody | undefined => {
  const report = live.of(account as never)
  if (report === undefined) return undefined
  return {
    ...report,
    at: now,
    position: `${partition}:${live.eventNo}`,
    positions: report.positions.map(({ symbol, quantity, avgPrice, mark, markAt, realized, unrealized, income }) => ({
      symbol,
      quantity,
      avgPrice,
      ...(mark !== undefined && { mark }),
      ...(markAt !== undefined && { markAt }),
      realized,
      unrealized,
      ...(income !== undefined && { income }),
      ...(markAt !== undefined && { markAge: Math.max(0, microsBetween(markAt, now)) / 1e6 })
    }))
  }
}

/** The route of pnl over the live fold. */
export const makePnlDesk = (live: LivePnl, partition: number, clock: () => Time): Pnl => ({
  realtime: async ({ account, atLeast }) => {
    const asked = atLeast?.split(",").find((part) => part.startsWith(`${partition}:`))
    if (asked !== undefined && Number(asked.slice(asked.indexOf(":") + 1)) > live.eventNo) {
      return refused(503, "NotReached", `the ledger has not reached ${atLeast} yet`, { retryAfterSeconds: 1 })
    }
    const body = pnlBody(live, account, partition, clock())
    return body === undefined ? refused(422, "UnknownAccount", `there is no account ${account}`) : ok(body)
  }
})
