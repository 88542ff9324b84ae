import { join } from "node:path"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { checkBook } from "#streams/anchors/checked-book.ts"
import type { Anchor, KeyRecord } from "#streams/anchors/records.ts"
import { keysFolder } from "#services/platform/proof-settings.ts"
import { dataFolder } from "./places.ts"
import { count } from "./progress.ts"
import { CannotDo, WrongUsage, type Tools } from "./tools.ts"
import type { Said, Verb } from "./usage.ts"

export const anchors: Verb = {
  words: "[rotate]",
  about: `Shows the public keys that sign this ledger, and what was signed last. Publish the key, or write it down, where
nobody who can write the data folder can write: it is what "verify --key" and "verify-proof --key" are given.
"rotate" makes a new key that the old one signs, also beside the running platform; the private half of the old one
is deleted, its public half stays in anchors.jsonl.`,
  options: { data: { value: "DIR", help: "the data folder (TRADE2026_DATA, otherwise ./data)" } },
  examples: ["anchors", "anchors rotate"],
  run: async (said, tools) => {
    const [what, more] = said.words
    if ((what !== undefined && what !== "rotate") || more !== undefined)
      throw new WrongUsage("anchors, or anchors rotate")
    if (what === "rotate" && tools.exists(join(dataFolder(said, tools), "process-name")))
      throw new CannotDo("SharedKey", "the key that several writers' processes share cannot be rotated from here")
    if (what === "rotate") await signerOf(said, tools).rotate()
    const book = await checkBook(tools.anchorFile(join(dataFolder(said, tools), "anchors.jsonl")))
    if (book.keys.length === 0 && book.faults.length === 0)
      throw new CannotDo(
        "NoAnchors",
        `nothing was signed yet in ${dataFolder(said, tools)}: the platform makes the first key`
      )
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
}

/** Signs with the data folder's key. */
export const signerOf = (said: Said, tools: Tools) =>
  makeAnchorer({
    book: tools.anchorFile(join(dataFolder(said, tools), "anchors.jsonl")),
    keys: tools.anchorKeys(keysFolder(dataFolder(said, tools), tools.env)),
    clock: tools.now
  })

const keyLine = ({ key, publicKey, at }: KeyRecord, signs: boolean): string =>
  `ed25519:${publicKey}  key ${key} since ${at}${signs ? ", signs now" : ", replaced"}`

const anchorLine = ({ partition, no, hash, eventNo, at }: Anchor): string =>
  `  partition ${partition}: commit ${no}, ${eventNo} events, signed at ${at}  ${hash}`
