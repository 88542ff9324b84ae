import { allAnchors, type BookFault } from "#streams/anchors/checked-book.ts"
import { archivedPartitions } from "#streams/archive/archive.ts"
import { compareCopies, type Compared } from "#streams/copies/compare.ts"
import { archiveCopy, logCopy } from "#streams/copies/copy.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { archivePlace, partitionsIn, trustedKeys } from "./places.ts"
import { count } from "./progress.ts"
import { checkedBooks } from "./proved-by.ts"
import type { LogPlace, Tools } from "./tools.ts"
import type { Said } from "./usage.ts"
import type { Fault } from "./verify-ledger.ts"

export const COPIES_OPTIONS = {
  archive: { value: "folder:DIR|s3:URL", help: "the archive (S3_URL, otherwise archive/ in the data folder)" }
} as const

/** What ledger, archive, mirrors and anchors say of each other. */
export type CopiesFindings = {
  readonly compared: ReadonlyArray<Compared>
  readonly books: ReadonlyArray<{ readonly name: string; readonly keys: number; readonly anchors: number }>
  readonly faults: ReadonlyArray<Fault>
}

/**
 * Reads every copy that there is to its end; `alone` compares a ledger that has no copy with itself. Without `asked` all
 * partitions that any of them tells of: the ledger may have lost a whole one.
 */
export const verifyCopies = async (
  said: Said,
  tools: Tools,
  place: LogPlace,
  log: EventLog,
  asked: ReadonlyArray<number> | undefined,
  alone: boolean
): Promise<CopiesFindings> => {
  const archived = archivePlace(said, tools)
  const store = archived === undefined ? undefined : tools.openObjects(archived)
  const mirrors = place.kind === "nats" ? await tools.mirrors(place.url) : undefined
  try {
    const { books, faults } = await checkedBooks(said, tools, place, store, trustedKeys(said, tools))
    const others = [
      ...(store === undefined ? [] : [archiveCopy("archive", store, ledgerCodec)]),
      ...(mirrors?.found ?? []).map((mirror) => logCopy(`mirror ${mirror.name}`, mirror.log))
    ]
    const anchors = allAnchors(books)
    const everywhere = async () => [
      ...(await partitionsIn(log)),
      ...(store === undefined ? [] : await archivedPartitions(store)),
      ...(await Promise.all((mirrors?.found ?? []).map((mirror) => partitionsIn(mirror.log)))).flat(),
      ...anchors.map(({ partition }) => partition)
    ]
    const partitions = new Set(asked ?? (await everywhere()).toSorted((a, b) => a - b))
    const compared: Array<Compared> = []
    for (const partition of partitions) {
      const of = anchors.filter((anchor) => anchor.partition === partition)
      if (!alone && others.length === 0 && of.length === 0) continue
      compared.push(await compareCopies({ partition, copies: [logCopy("ledger", log), ...others], anchors: of }))
    }
    return {
      compared,
      books: books.map(({ name, keys, anchors: signed }) => ({ name, keys: keys.length, anchors: signed.length })),
      faults: [...faults.map(bookFault), ...compared.flatMap(copyFaults)]
    }
  } finally {
    await store?.close()
    await mirrors?.close()
  }
}

const bookFault = ({ book, line, reason }: BookFault): Fault => ({
  check: "anchors",
  reason: `line ${line} of ${book}: ${reason}`
})

const copyFaults = ({ partition, faults }: Compared): ReadonlyArray<Fault> =>
  faults.map(({ copy, kind, commit, last, reason, soundIn }) => {
    const which = commit === last ? `commit ${commit} is` : `commits ${commit} to ${last} are`
    const sound = soundIn.length === 0 ? "" : `; sound in ${soundIn.join(" and ")}`
    return {
      check: "copies",
      reason: `${copy}, partition ${partition}: ${which} ${kind}: ${reason}${sound}`,
      partition,
      copy,
      kind,
      commit,
      last,
      soundIn
    }
  })

export const copiesLines = ({ compared, books }: CopiesFindings): ReadonlyArray<string> => [
  ...compared.map(
    ({ partition, copies, anchors }) =>
      `  partition ${partition}: ${copies.map(({ name, commits }) => `${name} up to commit ${count(commits)}`).join(", ")}; ${count(anchors)} anchors`
  ),
  ...books.map(({ name, keys, anchors }) => `  ${name}: ${count(anchors)} anchors, ${count(keys)} keys`)
]
