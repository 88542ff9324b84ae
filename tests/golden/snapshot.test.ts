// A snapshot is read by later programs: what one of its format holds must be what these make of the same events.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { accountDecider } from "#domain/account/decider.ts"
import { stateBytes, stateFormat } from "#domain/account/state-bytes.ts"
import { Views } from "#services/desk/views.ts"
import { viewsBytes, viewsFormat } from "#services/desk/views-bytes.ts"
import { simulate } from "#services/simulation/run.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"

const FOLDER = join(import.meta.dirname, "snapshot")
const updates = process.env["UPDATE_GOLDEN"] === "1"
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** Kept for ever; UPDATE_GOLDEN=1 writes it where there is none. */
const golden = (name: string, made: () => string): string => {
  const file = join(FOLDER, name)
  if (!existsSync(file) && updates) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, made())
  }
  return readFileSync(file, "utf8")
}

/** A generated story, a line for each event; which one does not matter once it is here. */
const generated = (): string => {
  const lines: Array<string> = []
  simulate({ seed: 2, steps: 240, onTaken: (_, events) => void lines.push(...events.map(ledgerCodec.encode)) })
  return `${lines.join("\n")}\n`
}

describe("a snapshot's format", () => {
  const decider = accountDecider(0)
  const views = new Views()
  let state = decider.initial()
  for (const line of golden("history.jsonl", generated).trimEnd().split("\n")) {
    const event = ledgerCodec.decode(JSON.parse(line))
    state = decider.evolve(state, event)
    views.replayed([event], state)
  }
  it.each([
    ["state", stateFormat(), stateBytes(state), "raise FOLD_VERSION in domain/account/state-bytes.ts"],
    ["views", viewsFormat(), viewsBytes(views), "raise the version of the projection that folds in another way"]
  ])("of the %s is another where the same events give another one", (part, format, bytes, otherwise) => {
    const file = `${part}-${sha256(Buffer.from(format)).slice(0, 12)}.json`
    const made = () => `${JSON.stringify({ format, sha256: sha256(bytes) }, undefined, 2)}\n`
    expect(JSON.parse(golden(file, made)), otherwise).toEqual({ format, sha256: sha256(bytes) })
  })
})
