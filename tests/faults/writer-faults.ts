import { setTimeout as sleep } from "node:timers/promises"
import type { OmsWriters } from "./oms-writers.ts"
import type { Fault } from "./stage.ts"
import type { TcpProxy, Way } from "./tcp-proxy.ts"

const HOUR = 3_600_000

/** What can happen to the process that writes. */
export const writerFaults = (writers: OmsWriters): ReadonlyArray<Fault> => [
  { name: "writer kill -9, another takes over", weight: 1, inject: () => writers.writer.kill("alone") },
  {
    name: "writer kill -9, the same started again, nobody else there",
    weight: 1,
    inject: async () => {
      await Promise.all(writers.others.map((other) => other.kill("alone")))
      await writers.writer.kill("alone")
      await writers.restartWriter()
    }
  },
  { name: "planned hand-over (SIGTERM)", weight: 1, inject: () => writers.writer.stop() },
  {
    name: "writer SIGSTOP beyond its lease, then SIGCONT",
    weight: 1,
    inject: async () => {
      const { writer } = writers
      writer.child.kill("SIGSTOP")
      try {
        await writers.untilAnotherServes()
      } finally {
        writer.child.kill("SIGCONT")
      }
    }
  },
  {
    name: "writer SIGSTOP within its lease",
    weight: 2,
    inject: async (draw) => {
      const { writer } = writers
      writer.child.kill("SIGSTOP")
      await sleep(100 + draw.below(2_000))
      writer.child.kill("SIGCONT")
    }
  },
  { name: "clock of the writer an hour on", weight: 2, inject: jump(writers, HOUR) },
  { name: "clock of the writer an hour back", weight: 2, inject: jump(writers, -HOUR) }
]

const jump = (writers: OmsWriters, ms: number) => async () => {
  writers.shiftClock(ms)
  await sleep(300)
  writers.shiftClock(0)
}

/** What can happen to a line; `line` tells which one that is now. */
export const lineFaults = (whose: string, weight: number, line: () => TcpProxy): ReadonlyArray<Fault> => {
  const cutIn = (way: Way): Fault => ({
    name: `${whose} line cut in mid-message, ${way === "out" ? "to" : "from"} the server`,
    weight,
    inject: async (draw) => {
      line().cutAfter(way, draw.below(3_000))
      await sleep(300)
    }
  })
  return [
    { name: `${whose} line cut`, weight, inject: async () => line().cut() },
    cutIn("out"),
    cutIn("back"),
    {
      name: `${whose} line delayed by 20 to 100 ms`,
      weight,
      inject: async (draw) => {
        line().delay(20 + draw.below(80))
        await sleep(600)
        line().delay(0)
      }
    },
    {
      name: `${whose} line silent for up to 2 s`,
      weight,
      inject: async (draw) => {
        const bad = line()
        bad.stall(true)
        await sleep(200 + draw.below(1_800))
        bad.stall(false)
      }
    },
    {
      name: `${whose} line cut and refused for up to 1 s`,
      weight,
      inject: async (draw) => {
        const bad = line()
        bad.refuse(true)
        bad.cut()
        await sleep(100 + draw.below(900))
        bad.refuse(false)
      }
    }
  ]
}
