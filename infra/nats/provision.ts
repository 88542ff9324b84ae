import {
  type JetStreamManager,
  jetstreamManager,
  JetStreamApiCodes,
  JetStreamApiError,
  type StreamConfig
} from "@nats-io/jetstream"
import { connectNats, type Link } from "./connection.ts"
import { patiently } from "./ledger-stream.ts"
import { serverStates, type ServerSources } from "./server-state.ts"
import { brokenPromises, PLANS, type StreamPlan } from "./stream-plans.ts"

/** What became of a stream; `left`: settings that differ and may, `cannot`: what must be otherwise and cannot be changed. */
export type Provisioned = {
  readonly stream: string
  readonly did: "made" | "found" | "changed"
  readonly changed: ReadonlyArray<string>
  readonly left: ReadonlyArray<string>
  readonly cannot: ReadonlyArray<string>
}
export type ProvisionOptions = ServerSources & {
  readonly url: string
  readonly replicas: 1 | 3
  /** says what would be done, and does nothing */
  readonly dryRun?: boolean
}

/** Makes every stream that is missing and corrects those that are there. Done again, it changes nothing. */
export const provision = async (options: ProvisionOptions): Promise<ReadonlyArray<Provisioned>> => {
  const link = await connectNats({ url: options.url, name: "trade2026-provision" })
  try {
    const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 5_000 })
    const space = await spaceOf(link, jsm, options)
    const done: Array<Provisioned> = []
    for (const plan of PLANS) {
      const wanted = wantedOf(plan, options.replicas, space)
      done.push(await patiently(link, () => provisionStream(jsm, plan, wanted, options.dryRun === true)))
    }
    return done
  } finally {
    await link.close()
  }
}

/** What all streams together may take, where that is known. */
const spaceOf = async (link: Link, jsm: JetStreamManager, sources: ServerSources): Promise<number | undefined> => {
  const { limits } = await patiently(link, () => jsm.getAccountInfo())
  const servers = (await serverStates(link, sources)).map(({ maxBytes }) => maxBytes)
  const most = [limits.max_storage, ...servers].filter((bytes) => bytes > 0)
  return most.length === 0 ? undefined : Math.min(...most)
}

type Wanted = Partial<StreamConfig> & Pick<StreamConfig, "name" | "subjects">

const wantedOf = ({ config, single, share }: StreamPlan, replicas: number, space: number | undefined): Wanted => {
  const max_bytes = share === undefined || space === undefined ? -1 : Math.floor(space * share)
  return { ...config, num_replicas: single === true ? 1 : replicas, max_bytes }
}

const provisionStream = async (
  jsm: JetStreamManager,
  plan: StreamPlan,
  wanted: Wanted,
  dryRun: boolean
): Promise<Provisioned> => {
  const stream = wanted.name
  const found = await infoOf(jsm, stream)
  if (found === undefined) {
    if (!dryRun) await jsm.streams.add(wanted)
    return { stream, did: "made", changed: [], left: [], cannot: [] }
  }
  const changed: Array<string> = []
  const cannot: Array<string> = []
  let now = found
  for (const [setting, to] of corrections(plan, wanted, found)) {
    const step = `${setting} from ${text(now[setting])} to ${text(to)}`
    try {
      // the whole configuration goes with each update: what is tuned stays
      if (!dryRun) now = (await jsm.streams.update(stream, { ...now, [setting]: to })).config
      changed.push(step)
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.status === 503) throw error
      cannot.push(`${step}: ${error.message}`)
    }
  }
  // a copy that is one too many is nobody's harm, and taking it away could be
  if (found.num_replicas > (wanted.num_replicas ?? 1)) cannot.push(kept(found, wanted))
  if (!dryRun) cannot.push(...brokenPromises(plan, now).filter((wrong) => !cannot.some((said) => isAbout(said, wrong))))
  return { stream, did: changed.length > 0 ? "changed" : "found", changed, left: tuned(plan, wanted, now), cannot }
}

const kept = ({ num_replicas }: StreamConfig, wanted: Wanted) =>
  `num_replicas from ${num_replicas} to ${wanted.num_replicas}: replicas of a ledger are not taken away`

const isAbout = (said: string, wrong: string): boolean => said.split(" ")[0] === wrong.split(" ")[0]

/** Settings that must be otherwise, those first that others depend on. */
const corrections = (
  { promised }: StreamPlan,
  wanted: Wanted,
  found: StreamConfig
): ReadonlyArray<readonly [keyof StreamConfig, unknown]> => {
  const wrong = promised.filter((setting) => (found[setting] ?? wanted[setting]) !== wanted[setting])
  const steps: Array<readonly [keyof StreamConfig, unknown]> = wrong.map((setting) => [setting, wanted[setting]])
  const lacking = wanted.subjects.filter((subject) => !found.subjects?.includes(subject))
  if (lacking.length > 0) steps.push(["subjects", [...(found.subjects ?? []), ...lacking]])
  const replicas = wanted.num_replicas ?? 1
  if (found.num_replicas < replicas) steps.push(["num_replicas", replicas])
  return steps
}

const TUNABLE = ["max_age", "max_bytes", "duplicate_window", "compression", "allow_direct", "persist_mode"] as const

const tuned = ({ promised }: StreamPlan, wanted: Wanted, found: StreamConfig): ReadonlyArray<string> =>
  TUNABLE.filter((setting) => !promised.some((one) => one === setting))
    .filter((setting) => wanted[setting] !== undefined && found[setting] !== wanted[setting])
    .map((setting) => `${setting} is ${text(found[setting])}, as planned it were ${text(wanted[setting])}`)

const text = (value: unknown): string => (Array.isArray(value) ? value.join(" ") : String(value))

const infoOf = async (jsm: JetStreamManager, stream: string): Promise<StreamConfig | undefined> => {
  try {
    return (await jsm.streams.info(stream)).config
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined
    throw error
  }
}
