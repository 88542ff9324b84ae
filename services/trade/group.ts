import { Schema } from "effect"
import { GroupId } from "#domain/kernel/ids.ts"
import type { MoveBody } from "#services/contract/limits.ts"
import { askPlatform } from "./ask-platform.ts"
import { CannotDo, WrongUsage } from "./tools.ts"
import type { Verb } from "./usage.ts"

export const group: Verb = {
  words: "move",
  about: `group move: sends a risk group with all of its accounts to another partition of the ledger (docs/writers.md).
Nothing of the group may be open: cancel its orders first. Until the other partition has it, which takes a moment, its
commands are answered 503. Asks the gateway that runs here (TRADE2026_PORT_OFFSET).`,
  options: {
    group: { value: "ID", help: "the risk group" },
    to: { value: "N", help: "the partition that it goes to" }
  },
  examples: ["group move --group desk-7 --to 1", "group move --group desk-7 --to 1 --json"],
  run: async (said, tools) => {
    if (said.words.length !== 1 || said.words[0] !== "move") throw new WrongUsage("what? Say group move")
    const id = said.text("group")
    if (!Schema.is(GroupId)(id)) throw new WrongUsage("which group? Give --group ID")
    const to = said.text("to")
    if (to === undefined || !/^\d{1,4}$/u.test(to)) throw new WrongUsage("where to? Give --to N, a partition's number")
    const asked = { group: id, toPartition: Number(to) }
    const answered = await askPlatform(said, tools, "/api/risk/moves", "POST", asked)
    if (answered === undefined)
      throw new CannotDo("NoPlatform", "no gateway runs here: groups move between processes that run")
    const body = answered as MoveBody
    return { ok: body.status === "arrived", json: body, text: textOf(body) }
  }
}

const textOf = ({ group: id, toPartition, status, code, detail, hash, position }: MoveBody): string => {
  const state = hash === undefined ? "" : `, state ${hash.slice(0, 16)}`
  switch (status) {
    case "arrived":
      return `${id} is in partition ${toPartition} (${position}${state})`
    case "moving":
      return `${id} is on its way to partition ${toPartition}, which has not answered yet (${position}${state}): ask again`
    case "returned":
      return `${id} has come back: partition ${toPartition} does not take it (${position}): ${code}, ${detail}`
  }
}
