import { OwnerId } from "#domain/kernel/ids.ts"
import { Schema } from "effect"
import type { ForgottenBody } from "#services/contract/people.ts"
import { askPlatform } from "./ask-platform.ts"
import { peopleFile } from "./places.ts"
import { CannotDo, WrongUsage, type Tools } from "./tools.ts"
import type { Said, Verb } from "./usage.ts"

export const forget: Verb = {
  words: "--person ID",
  about: `Forgets who is behind an owner's id: name and contacts are gone from the data folder for good, and that they were
forgotten, and when, is kept. The ledger is not touched: it holds the id only, its chain holds, and reports show the
gap. Asks the platform where it runs; otherwise the data folder must be free. Copies that were made of people.sqlite
are not reached: forget again after you put one back.`,
  options: {
    person: { value: "ID", help: "the owner's id, as accounts name it" },
    data: { value: "DIR", help: "the data folder (TRADE2026_DATA, otherwise ./data)" }
  },
  examples: ["forget --person o-1027", "forget --person o-1027 --json"],
  run: async (said, tools) => {
    const owner = said.text("person")
    if (owner === undefined || said.words.length > 0) throw new WrongUsage("whom? Give --person ID")
    if (!Schema.is(OwnerId)(owner)) throw new WrongUsage(`--person: this is no owner's id: they look like o-1027`)
    const answered = await askPlatform(said, tools, `/api/people/${encodeURIComponent(owner)}`, "DELETE")
    const body = answered === undefined ? await fromFolder(said, tools, owner) : (answered as ForgottenBody)
    return { ok: true, json: body, text: `${owner} was forgotten on ${body.forgottenAt}` }
  }
}

const fromFolder = async (said: Said, tools: Tools, owner: OwnerId): Promise<ForgottenBody> => {
  const file = peopleFile(said, tools)
  const unknown = new CannotDo("UnknownPerson", `nobody is known behind owner ${owner}`)
  if (!tools.exists(file)) throw unknown
  const people = await tools.openPeople(file, "own")
  try {
    const forgottenAt = await people.forget(owner, tools.now())
    if (forgottenAt === undefined) throw unknown
    return { owner, status: "forgotten", forgottenAt }
  } finally {
    await people.close()
  }
}
