import { dirname, join } from "node:path"
import { allAnchors, checkBook } from "#streams/anchors/checked-book.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import type { Anchor } from "#streams/anchors/records.ts"
import { archivedPartitions } from "#streams/archive/archive.ts"
import { restoreLog, TargetNotEmpty } from "#streams/archive/restore.ts"
import type { Compared } from "#streams/copies/compare.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { parseObjectsPlace, placeOf, trustedKeys } from "./places.ts"
import { count } from "./progress.ts"
import { KEY_OPTION } from "./proved-by.ts"
import { CannotDo, WrongUsage, type LogPlace, type Tools } from "./tools.ts"
import type { Verb } from "./usage.ts"

export const restore: Verb = {
  words: "",
  about: `Builds a ledger from its archive: every seal, segment, commit and signed anchor of the archive is checked before the
first commit is written; then all of it is written, numbers, ids, bytes and hashes as they were; then both are read
side by side and must be equal. A target that holds anything is refused; --resume goes on with one that holds the
beginning of this archive. Beside a SQLite file the archived anchors are put as anchors.jsonl where there is none;
private keys are not in an archive.`,
  options: {
    from: { value: "folder:DIR|s3:URL", help: "the archive" },
    to: { value: "sqlite:FILE|nats:URL", help: "the new ledger" },
    resume: { help: "go on with what was begun before" },
    ...KEY_OPTION
  },
  examples: ["restore --from folder:data/archive --to sqlite:restored/ledger.sqlite"],
  run: async (said, tools) => {
    const [from, to] = [said.text("from"), said.text("to")]
    if (from === undefined || to === undefined || said.words.length > 0)
      throw new WrongUsage("restore what to where? Give --from ARCHIVE and --to LEDGER")
    const target = placeOf("to", to)
    const store = tools.openObjects(parseObjectsPlace(from))
    const trusted = trustedKeys(said, tools)
    const partitions = await archivedPartitions(store)
    if (partitions.length === 0) throw new CannotDo("NoArchive", `${store.name} holds no archive`)
    const book = await checkBook(archivedAnchors(store), trusted)
    const untrusted = trusted.length > 0 && !book.keys.some(({ publicKey }) => trusted.includes(publicKey))
    if (untrusted) throw new CannotDo("KeyUnknown", "the key that you trust is none of those that signed this archive")
    if (book.faults.length > 0)
      throw new CannotDo("DamagedAnchors", `line ${book.faults[0]!.line} of ${book.name}: ${book.faults[0]!.reason}`)
    const log = await tools.openNewLog(target)
    const progress = tools.progress("restore")
    try {
      const restored: Array<Compared> = []
      for (const partition of partitions) {
        const anchors = allAnchors([book]).filter((anchor) => anchor.partition === partition)
        restored.push(
          await restoreLog({
            store,
            log,
            partition,
            anchors,
            resume: said.has("resume"),
            onCommit: (step, no, total) => progress.at(no, total, `commits of partition ${partition} ${step}`)
          }).catch(refuseFull)
        )
      }
      await keepAnchors(tools, target, store)
      return outcome(store.name, log.name, restored, allAnchors([book]))
    } finally {
      progress.end()
      await log.close()
      await store.close()
    }
  }
}

const refuseFull = (error: unknown): never => {
  if (error instanceof TargetNotEmpty) throw new CannotDo("TargetNotEmpty", error.message, { cause: error })
  throw error
}

/** So that `verify` and the platform find what was signed. */
const keepAnchors = async (tools: Tools, target: LogPlace, store: ObjectStore): Promise<void> => {
  if (target.kind !== "sqlite") return
  const book = tools.anchorFile(join(dirname(target.file), "anchors.jsonl"))
  if ((await book.last()) === undefined) await book.append((await archivedAnchors(store).read(0)).lines)
}

const outcome = (
  from: string,
  to: string,
  restored: ReadonlyArray<Compared>,
  signed: ReadonlyArray<Pick<Anchor, "partition" | "no">>
) => {
  const faults = restored.flatMap((one) => one.faults.map((fault) => ({ partition: one.partition, ...fault })))
  const equal = restored.every(({ copies }) => copies[0]!.commits === copies[1]!.commits)
  const ok = faults.length === 0 && equal
  const partitions = restored.map(({ partition, copies, anchors }) => ({
    partition,
    commits: copies[0]!.commits,
    anchors,
    /** the newest commit that was signed: those behind the archive's end are lost */
    signedUpTo: signed.reduce((most, one) => (one.partition === partition ? Math.max(most, one.no) : most), 0)
  }))
  return {
    ok,
    json: { ok, from, to, partitions, faults },
    text: [
      ...partitions.map(
        ({ partition, commits, anchors }) =>
          `partition ${partition}: ${count(commits)} commits written and read again, ${count(anchors)} anchors compared`
      ),
      ...partitions
        .filter(({ commits, signedUpTo }) => signedUpTo > commits)
        .map(
          ({ partition, commits, signedUpTo }) =>
            `partition ${partition}: commits ${commits + 1} to ${signedUpTo} were signed and are NOT in the archive`
        ),
      ...faults.map(
        ({ copy, kind, commit, last, reason, partition }) =>
          `FAULT  ${copy}, partition ${partition}: commits ${commit} to ${last} ${kind}: ${reason}`
      ),
      ok ? `${to} equals ${from}` : `${to} DIFFERS from ${from}`
    ].join("\n")
  }
}
