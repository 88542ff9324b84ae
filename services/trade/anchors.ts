import { join } from "node:path"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { checkBook } from "#streams/anchors/checked-book.ts"
import type { Anchor, KeyRecord } from "#streams/anchors/records.ts"
import type { AnchorBook } from "#streams/ports/anchor-book.ts"
import { keysFolder } from "#services/platform/proof-settings.ts"
import { dataFolder } from "./places.ts"
import { count } from "./progress.ts"
import { CannotDo, WrongUsage, type Outcome, type Tools } from "./tools.ts"
import type { Said, Verb } from "./usage.ts"

export const anchors: Verb = {
  words: "[rotate]",
  about: `Shows the public keys that sign this ledger, and what was signed last. Publish the key, or write it down, where
nobody who can write the data folder can write: it is what "verify --key" and "verify-proof --key" are given.
"rotate" makes a new key that the old one signs, also beside the running platform; the private half of the old one
is deleted, its public half stays in the book. Several writers' processes share a book, the stream AUDIT of their NATS
server, and a folder of keys: name both, --log nats:URL and TRADE2026_KEYS.`,
  options: {
    data: { value: "DIR", help: "the data folder (TRADE2026_DATA, otherwise ./data)" },
    log: { value: "nats:URL", help: "the ledger's server: its stream AUDIT in place of the data folder's book" }
  },
  examples: ["anchors", "anchors rotate", "anchors rotate --log nats:nats://127.0.0.1:4222"],
  run: async (said, tools) => {
    const [what, more] = said.words
    if ((what !== undefined && what !== "rotate") || more !== undefined)
      throw new WrongUsage("anchors, or anchors rotate")
    const shared = await sharedBook(said, tools)
    try {
      if (what === "rotate") {
        if (shared === undefined && tools.exists(join(dataFolder(said, tools), "process-name")))
          throw new CannotDo(
            "SharedKey",
            "several writers' processes share this key: name their server with --log nats:URL, and their keys with TRADE2026_KEYS"
          )
        // a first key that the writer does not have could never be taken out of the book again
        const book = shared ?? folderBook(said, tools)
        if ((await book.last()) === undefined) throw nothingSigned(book)
        await signerOf(said, tools, book).rotate()
      }
      return await shown(shared ?? folderBook(said, tools))
    } finally {
      await shared?.close()
    }
  }
}

const sharedBook = async (said: Said, tools: Tools): Promise<AnchorBook | undefined> => {
  const log = said.text("log")
  if (log === undefined) return undefined
  if (!log.startsWith("nats:")) throw new WrongUsage(`--log ${log}: the book of a ledger on NATS is meant, nats:URL`)
  return await tools.natsAnchors(log.slice("nats:".length))
}
const folderBook = (said: Said, tools: Tools): AnchorBook =>
  tools.anchorFile(join(dataFolder(said, tools), "anchors.jsonl"))

const nothingSigned = ({ name }: AnchorBook): CannotDo =>
  new CannotDo("NoAnchors", `nothing was signed yet in ${name}: the platform makes the first key`)

const shown = async (from: AnchorBook): Promise<Outcome> => {
  const book = await checkBook(from)
  if (book.keys.length === 0 && book.faults.length === 0) throw nothingSigned(from)
  const newest = [...new Map(book.anchors.map((anchor) => [anchor.partition, anchor])).values()]
  const ok = book.faults.length === 0
  return {
    ok,
    json: { ok, keys: book.keys, anchors: book.anchors.length, newest, faults: book.faults },
    text: [
      ...book.keys.map((key, i) => keyLine(key, i === book.keys.length - 1)),
      `${count(book.anchors.length)} anchors`,
      ...newest.map(anchorLine),
      ...book.faults.map(({ line, reason }) => `FAULT  line ${line}: ${reason}`)
    ].join("\n")
  }
}

/** Signs with the data folder's key, or that of several processes. */
export const signerOf = (said: Said, tools: Tools, book: AnchorBook = folderBook(said, tools)) =>
  makeAnchorer({ book, keys: tools.anchorKeys(keysFolder(dataFolder(said, tools), tools.env)), clock: tools.now })

const keyLine = ({ key, publicKey, at }: KeyRecord, signs: boolean): string =>
  `ed25519:${publicKey}  key ${key} since ${at}${signs ? ", signs now" : ", replaced"}`

const anchorLine = ({ partition, no, hash, eventNo, at }: Anchor): string =>
  `  partition ${partition}: commit ${no}, ${eventNo} events, signed at ${at}  ${hash}`
