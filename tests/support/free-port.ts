import { createServer } from "node:net"

/**
 * Below the ports that systems give to outgoing connections (from 32,768 on Linux, 49,152 elsewhere): one of those could
 * take the port of a server that a test has killed and will start again. Each worker takes its own half, and no port twice.
 */
const [FIRST, LAST] = [20_000, 32_700]
const halves = 2
const half = () => Number(process.env["VITEST_POOL_ID"] ?? 0) % halves

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

const given = new Set<number>()

/** Numbers that add up with each of `bases` to a port that nobody listens on, one for this test alone. */
const freeSum = async (bases: ReadonlyArray<number>, first: number, last: number, step: number): Promise<number> => {
  for (let tries = 0; tries < 200; tries++) {
    const slot = halves * Math.floor((Math.random() * (last - first)) / step / halves) + half()
    const sum = first + slot * step
    if (given.has(sum)) continue
    given.add(sum)
    const free = await Promise.all(bases.map((base) => isFree(base + sum)))
    if (free.every(Boolean)) return sum
  }
  throw new Error("no free ports for a test")
}

/** A loopback port that nobody listens on. */
export const freePort = (): Promise<number> => freeSum([0], FIRST, LAST, 1)

/** An offset at which all ports of a platform are free, given as they are without one, within 50 of each other. */
export const freeOffset = (ports: ReadonlyArray<number>): Promise<number> => freeSum(ports, 4_000, FIRST - 8_200, 50)
