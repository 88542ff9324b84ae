import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Platform, startPlatform } from "#tests/support/platform.ts"

const OMS = 8099
const PATIENCE_MS = 40_000
const CLOCK = new URL("./clock-shift.ts", import.meta.url).href

export const isDead = ({ child }: Platform): boolean => child.exitCode !== null || child.signalCode !== null

/** What an oms process says of partition 0. */
const said = async (oms: Platform): Promise<string> => {
  try {
    const response = await fetch(oms.url(OMS, "/health"), { signal: AbortSignal.timeout(2_000) })
    const { checks } = (await response.json()) as { checks: Record<string, { detail: string }> }
    return checks["partition-0"]?.detail ?? "starting"
  } catch {
    return "does not answer"
  }
}

export type OmsWritersOptions = {
  /** the address of the server for each of them */
  readonly urls: ReadonlyArray<string>
  readonly folder: string
  readonly onSpawn?: ((pid: number) => void) | undefined
}

/** Processes of oms on one ledger: one writes, the others stand by. */
export class OmsWriters {
  readonly #options: OmsWritersOptions
  #all: Array<Platform> = []
  /** its place */
  #writer = 0
  private constructor(options: OmsWritersOptions) {
    this.#options = options
  }

  static async start(options: OmsWritersOptions): Promise<OmsWriters> {
    const writers = new OmsWriters(options)
    writers.#all = await Promise.all(options.urls.map((_, at) => writers.#launch(at)))
    await writers.settle()
    return writers
  }

  get writer(): Platform {
    return this.#all[this.#writer]!
  }
  get others(): ReadonlyArray<Platform> {
    return this.#all.filter((one) => one !== this.writer)
  }
  get writerAt(): number {
    return this.#writer
  }

  /** Starts who is dead, and waits until one serves and every other one stands by. */
  async settle(): Promise<void> {
    for (const [at, one] of this.#all.entries()) if (isDead(one)) this.#all[at] = await this.#launch(at)
    await this.#until(async () => {
      const all = await Promise.all(this.#all.map(said))
      const serving = all.findIndex((detail) => detail === "serves")
      if (serving < 0 || all.filter((detail) => detail.startsWith("written by")).length !== all.length - 1) return false
      this.#writer = serving
      return true
    })
  }

  async untilAnotherServes(): Promise<void> {
    await this.#until(async () => (await Promise.all(this.others.map(said))).includes("serves"))
  }

  /** Starts the writer that was killed, and nobody else. */
  async restartWriter(): Promise<void> {
    this.#all[this.#writer] = await this.#launch(this.#writer)
  }

  /** Sets the wall clock of the writer by so much ahead, or back to that of the machine. */
  shiftClock(ms: number): void {
    writeFileSync(join(this.#options.folder, `clock-${this.#writer}`), String(ms))
    this.writer.child.kill("SIGUSR2")
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.filter((one) => !isDead(one)).map((one) => one.kill("alone")))
  }

  async #until(is: () => Promise<boolean>): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; !(await is()); await sleep(25)) {
      if (performance.now() < end) continue
      const all = await Promise.all(this.#all.map(async (one) => `${await said(one)}: ${one.output().slice(-1_000)}`))
      throw new Error(`the oms processes do not settle: ${all.join("; ")}`)
    }
  }

  #launch(at: number): Promise<Platform> {
    const { urls, folder, onSpawn } = this.#options
    return startPlatform({
      data: join(folder, `oms-${at}`),
      args: ["--profile", "servers", "--only", "oms"],
      env: { NATS_URL: urls[at]!, NODE_OPTIONS: `--import ${CLOCK}`, CLOCK_SHIFT: join(folder, `clock-${at}`) },
      ...(onSpawn && { onSpawn })
    })
  }
}
