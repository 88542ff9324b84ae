import { dirname } from "node:path"
import { copyPartition, type CopiedPartition } from "#streams/copy-log.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { placeOf } from "./places.ts"
import { count } from "./progress.ts"
import { CannotDo, WrongUsage, type LogPlace, type Outcome, type Tools } from "./tools.ts"
import type { Said, Verb } from "./usage.ts"

export const ledger: Verb = {
  words: "copy --from PLACE --to PLACE",
  about: `Copies a ledger to another store, commit by commit as it is stored: event numbers, ids and hashes stay. Every commit
is checked on the way; at the end both are read again from the first commit and compared. A target that holds the
beginning of the source is continued, any other that is not empty is refused and left as it is. Stop the platform
first: a folder in use is refused, and a source that is written meanwhile is told at the end.
PLACE is sqlite:FILE, nats:URL or kurrentdb:URL.`,
  options: {
    from: { value: "PLACE", help: "the ledger to copy" },
    to: { value: "PLACE", help: "where it goes" },
    partition: { value: "N", help: "only this one (all that the source has; of kurrentdb it must be said)" }
  },
  examples: ["ledger copy --from sqlite:data/ledger.sqlite --to nats:nats://127.0.0.1:4222"],
  run: async (said, tools) => {
    if (said.words.length !== 1 || said.words[0] !== "copy")
      throw new WrongUsage("what about the ledger? There is: copy")
    const [from, to] = [place(said, "from"), place(said, "to")]
    if (JSON.stringify(from) === JSON.stringify(to)) throw new WrongUsage("--from and --to name the same place")
    if (from.kind === "sqlite" && !tools.exists(from.file))
      throw new CannotDo("NoSuchLedger", `there is no ledger at ${from.file}`)
    // nobody else appends to a file while its folder is ours
    const release = from.kind === "sqlite" ? tools.own(dirname(from.file)) : () => undefined
    try {
      const source = await tools.openLog(from)
      try {
        const target = await tools.openNewLog(to)
        try {
          return await copyAll(tools, source, target, await partitionsOf(said, source))
        } finally {
          await target.close()
        }
      } finally {
        await source.close()
      }
    } finally {
      release()
    }
  }
}

const place = (said: Said, option: "from" | "to"): LogPlace => {
  const told = said.text(option)
  if (told === undefined) throw new WrongUsage(`--${option} is missing: give sqlite:FILE, nats:URL or kurrentdb:URL`)
  return placeOf(option, told)
}

const partitionsOf = async (said: Said, source: EventLog): Promise<ReadonlyArray<number>> => {
  const text = said.text("partition")
  if (text !== undefined) {
    if (!/^\d{1,9}$/u.test(text)) throw new WrongUsage(`--partition ${text}: give a number`)
    return [Number(text)]
  }
  if (source.partitions === undefined)
    throw new WrongUsage(`${source.name} cannot list its partitions: give --partition N`)
  return source.partitions()
}

const copyAll = async (
  tools: Tools,
  source: EventLog,
  target: EventLog,
  partitions: ReadonlyArray<number>
): Promise<Outcome> => {
  const copied: Array<CopiedPartition> = []
  for (const partition of partitions) copied.push(await copyOne(tools, source, target, partition))
  if (copied.every(({ commits }) => commits === 0)) throw new CannotDo("EmptyLedger", `${source.name} holds no commit`)
  return {
    ok: true,
    json: { ok: true, from: source.name, to: target.name, partitions: copied },
    text: [
      `${source.name} copied to ${target.name}`,
      ...copied.flatMap(lines),
      "equal: every commit was read back"
    ].join("\n")
  }
}

const copyOne = async (
  tools: Tools,
  source: EventLog,
  target: EventLog,
  partition: number
): Promise<CopiedPartition> => {
  let stage: "copy" | "prove" = "copy"
  let progress = tools.progress(`partition ${partition}: copying`)
  try {
    return await copyPartition(source, target, partition, (at, done, total) => {
      if (at !== stage) {
        progress.end()
        stage = at
        progress = tools.progress(`partition ${partition}: comparing`)
      }
      progress.at(done, total)
    })
  } finally {
    progress.end()
  }
}

const lines = ({ partition, commits, events, copied, head }: CopiedPartition): ReadonlyArray<string> => [
  `  partition ${partition}: ${count(copied)} commits copied, ${count(commits - copied)} were there: ${count(events)} events in all`,
  `  partition ${partition}: head ${head.no}  ${head.hash}`
]
