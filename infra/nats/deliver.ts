import { LogUnavailable } from "#streams/ports/event-log.ts"
import { assertOpen } from "./connection.ts"
import { type Arrived, type Consumer, openConsumer, type Source } from "./consumer.ts"

/** The server says once a second that it is there; without a word for so long it is not. */
const SILENCE_MS = 3_000
const PATIENCE_MS = 30_000

/**
 * A subject's messages from sequence `from` of the stream on, in order, each once. Lost consumers and connections are
 * replaced at the next message that is wanted. Goes on until `signal` aborts; or, where `end` is given, to that
 * sequence, or when the server insists that there is nothing more, or with {@link LogUnavailable} when there is none.
 */
export async function* deliver<T>(
  source: Source<T>,
  from: number,
  signal: AbortSignal,
  end = Number.POSITIVE_INFINITY
): AsyncGenerator<ReadonlyArray<Arrived<T>>> {
  const finite = end < Number.POSITIVE_INFINITY
  // of several servers the one that was asked may still be fetching the stream: "nothing" is not yet "damaged"
  const insistMs = source.link.nc.info?.cluster === undefined ? 0 : PATIENCE_MS
  let next = from
  let lastProgress = Date.now()
  while (!signal.aborted) {
    assertOpen(source.link)
    const consumer = await openConsumer(source, next)
    try {
      for await (const batch of consumer === undefined ? [] : batches(consumer, signal, finite)) {
        next = batch.at(-1)!.seq + 1
        lastProgress = Date.now()
        yield next > end ? batch.filter(({ seq }) => seq <= end) : batch
        if (next > end) return
      }
      if (finite && consumer !== undefined && consumer.idle() >= IDLE_MAX && Date.now() > lastProgress + insistMs)
        return
    } finally {
      consumer?.close()
    }
    if (finite && Date.now() > lastProgress + PATIENCE_MS) {
      throw new LogUnavailable(`${source.link.address} does not answer: ${source.stream} cannot be read`)
    }
    await source.link.changed.wait(source.link.changed.rings(), signal, 100)
  }
}

const IDLE_MAX = 5

/** What one consumer delivers, until it is lost. */
async function* batches<T>(consumer: Consumer<T>, signal: AbortSignal, finite: boolean) {
  while (!signal.aborted) {
    const seen = consumer.bell.rings()
    const batch = consumer.take()
    if (batch.length > 0) {
      yield batch
      continue
    }
    if (consumer.isLost() || (finite && consumer.idle() >= IDLE_MAX)) return
    await consumer.bell.wait(seen, signal, SILENCE_MS)
    if (consumer.bell.rings() === seen) return
  }
}
