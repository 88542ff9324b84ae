import { Effect, Layer } from "effect"
import { join } from "node:path"
import { receivedAt } from "#domain/account/received.ts"
import type { Time } from "#domain/kernel/time.ts"
import { distantVenue } from "#domain/venue/distant-venue.ts"
import { breakingLine } from "#services/session/breaking-line.ts"
import { paperVenue } from "#services/session/paper.ts"
import type { MissedMarket } from "#services/session/missed-range.ts"
import { simulatedHistory } from "#domain/market/simulator.ts"
import { simulatorFeed } from "#infra/simulator/simulator-feed.ts"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { serveCommands } from "#streams/serve-commands.ts"
import { wallClock } from "./clock.ts"
import { openEngine, FIRST_PARTITION, startProjector, type Engine } from "./engine.ts"
import { readMarketPlace, writeMarketPlace, type MarketPlace } from "./market-place.ts"
import { newestPartition } from "./newest-partition.ts"
import type { PlatformOptions } from "./options.ts"
import { attempt, ownFolder, PlatformFailed, withAdvice } from "./platform-failed.ts"
import { PORTS } from "./ports.ts"
import { startProof } from "./proof.ts"
import { services } from "./services.ts"
import { checkEndOf } from "./witnesses.ts"
import { keepSnapshots } from "./snapshot-keeper.ts"
import { openRows } from "./open-rows.ts"
import { restartable } from "./restartable.ts"
import { openLog, openPeople, openRaw } from "./stores.ts"

const PLACE_EVERY_MS = 250

/**
 * The whole platform in one process: folder, log, writer, venue and market, projections, services. Runs until it is
 * interrupted or its writer has to step down; everything is closed in the opposite order.
 */
export const platform = Effect.fn("platform")(function* (options: PlatformOptions) {
  const { data, portOffset, demo } = options
  const clock = wallClock()
  yield* ownFolder(data)
  const open = yield* Effect.acquireRelease(
    attempt(() => openLog(options)),
    ({ log: opened }) => Effect.promise(() => opened.close())
  )
  const { log, health: logHealth } = open
  const raw = yield* Effect.acquireRelease(
    attempt(() => openRaw(options, clock())),
    (open) => Effect.promise(() => open.close())
  )
  const people = yield* Effect.acquireRelease(
    attempt(() => openPeople(options)),
    (open) => Effect.promise(() => open.close())
  )
  const { rows, health, writtenBy } = yield* Effect.acquireRelease(
    Effect.sync(() => openRows(options)),
    (open) => Effect.promise(() => open.close())
  )
  // opened before the writer, and so closed after it: its last commits are signed and archived
  const proof = yield* Effect.acquireRelease(
    attempt(async () =>
      startProof({ partition: FIRST_PARTITION, data, natsUrl: options.natsUrl, settings: options.proof, clock })
    ),
    (started) => Effect.promise(() => started.close())
  )
  // as the proof: its last snapshot is of all that the writer wrote
  const snapshots = yield* Effect.acquireRelease(
    Effect.sync(() =>
      keepSnapshots({ partition: FIRST_PARTITION, data, natsUrl: options.natsUrl, settings: options.snapshots })
    ),
    (keeper) => Effect.promise(() => keeper.close())
  )
  yield* attempt(() => checkEndOf({ ...options, open, partition: FIRST_PARTITION }).catch(withAdvice))
  const begun = yield* attempt(() => newestPartition(options.snapshots, log, FIRST_PARTITION))
  const place = readMarketPlace(data)
  const seed = options.seedGiven ? options.seed : (place?.seed ?? options.seed)
  const engine = yield* Effect.acquireRelease(
    attempt(() =>
      openEngine({
        log,
        raw,
        reserveBytes: options.reserveBytes,
        clock,
        seed,
        demo,
        ...(begun !== undefined && { followed: begun }),
        kept: async () => (await newestPartition(options.snapshots, log, FIRST_PARTITION))?.folded,
        ...venueOf(options, seed),
        ...missedOf(place, seed)
      }).catch(withAdvice)
    ),
    ({ session, hub, writer, reserve, intake }) =>
      Effect.promise(async () => {
        reserve.stop()
        session.stop()
        await intake.stop()
        hub.close()
        await writer.stop()
      })
  )
  snapshots.attach(() => engine.writer.head().eventNo, begun?.from)
  proof.attach(() => ({ ...engine.writer.head(), partition: FIRST_PARTITION }))
  const projector = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const stop = new AbortController()
      const running = restartable((signal) => startProjector(log, rows, signal), stop.signal)
      writtenBy(running.pause)
      running.ended.catch(() => {}) // its status says why, and the health of oms with it
      return { running, stop }
    }),
    ({ running, stop }) =>
      Effect.promise(
        () => (
          stop.abort(),
          running.ended.then(
            () => {},
            () => {}
          )
        )
      )
  )
  if (options.venue === "distant")
    yield* Effect.acquireRelease(
      Effect.sync(() => breakingLine(engine.session, seed)),
      (stop) => Effect.sync(stop)
    )
  if (options.natsUrl !== undefined) yield* commandsOverNats(options.natsUrl, engine, clock)
  yield* runMarket(engine, seed, Math.max(place?.no ?? 0, engine.mdNo) + 1, data, clock)
  yield* Layer.build(
    services({
      engine,
      log,
      logHealth,
      people,
      rows,
      rowsHealth: health,
      projector: projector.running,
      proof,
      snapshots,
      clock,
      portOffset
    })
  )
  yield* Effect.sync(() => process.stdout.write(welcome(options, engine)))
  const reason = yield* Effect.promise(() => engine.writer.ended)
  return yield* Effect.fail(new PlatformFailed(`The platform stops: ${reason.message}`))
}, Effect.scoped)

const LINE_MICROS = 20_000
const venueOf = ({ venue }: PlatformOptions, seed: number) =>
  venue === "near" ? {} : { venue: distantVenue(paperVenue(seed), LINE_MICROS) }

/** The simulated market can tell again what it has told: of another seed it is another market. */
const missedOf = (place: MarketPlace | undefined, seed: number): { readonly missed?: MissedMarket } => {
  if (place === undefined) return {}
  const { no, watchedTo } = place
  return { missed: { no, watchedTo, ...(place.seed === seed && { messages: simulatedHistory(seed) }) } }
}

/** On a NATS server programs elsewhere reach the writer by request and reply; their orders are received here. */
const commandsOverNats = (url: string, { writer }: Engine, clock: () => Time) =>
  Effect.acquireRelease(
    attempt(async () => {
      const received: typeof writer.submit = ({ request, ...head }) =>
        writer.submit({ ...head, request: receivedAt(request, clock()) })
      const commands = await openNatsCommands({ url, name: "trade2026-commands" })
      return { commands, stop: await serveCommands(commands, { ...writer, submit: received }) }
    }),
    ({ commands, stop }) => Effect.promise(() => stop().then(() => commands.close()))
  )

/** The simulated market from message `from` on; where it stands is kept, so that the next start goes on there. */
const runMarket = (engine: Engine, seed: number, from: number, data: string, clock: ReturnType<typeof wallClock>) =>
  Effect.gen(function* () {
    const stop = new AbortController()
    const feed = simulatorFeed({ seed, from, pace: "live", now: clock })
    const keep = () =>
      writeMarketPlace(data, {
        seed,
        no: Math.max(from - 1, engine.board.mdNo),
        watchedTo: engine.session.watchedTo
      })
    const first = Promise.withResolvers<void>()
    const run = async () => {
      for await (const batch of feed.messages(stop.signal)) {
        for (const message of batch) {
          engine.session.market(message)
          engine.hub.market(message)
        }
        first.resolve()
      }
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const timer = setInterval(() => {
          try {
            keep()
          } catch {
            // a full disk: the ledger's own numbers are enough to go on from
          }
        }, PLACE_EVERY_MS)
        const running = run()
        running.catch(first.reject)
        return { timer, running }
      }),
      ({ timer, running }) =>
        Effect.promise(async () => {
          clearInterval(timer)
          stop.abort()
          await running.catch(() => {})
          try {
            keep()
          } catch {
            // as above
          }
        })
    )
    yield* attempt(() => first.promise)
  })

const welcome = ({ data, profile, portOffset, demo }: PlatformOptions, { writer }: Engine): string => {
  const at = (port: number) => `http://localhost:${port + portOffset}`
  return `
Trade2026 is running (${profile}), ${writer.head().eventNo} events in the ledger.

  Look           ${at(PORTS.gateway)}
  Orders         ${at(PORTS.oms)}/docs
  P&L            ${at(PORTS.pnl)}/pnl/realtime?account=demo
  Risk           ${at(PORTS.risk)}/docs
  Data           ${join(data)}
  ${demo ? "Account demo is traded by a small strategy (--no-demo turns it off)." : "No strategy is trading."} Ctrl+C stops.

`
}
