import { CannotDo, WrongUsage, type Outcome, type Tools } from "./tools.ts"
import { helpFor, helpForAll, parseFor, type VerbEntry } from "./usage.ts"

/** What is left to do for the process: print and end. */
export type Ending = { readonly exitCode: 0 | 1 | 2; readonly stdout: string; readonly stderr: string }

/**
 * Runs a command line. With `--json` there is exactly one JSON document on standard output, whatever happens: what the
 * verb found, or `{"error": {"code", "detail"}}`.
 */
export const runTrade = async (
  args: ReadonlyArray<string>,
  verbs: ReadonlyArray<VerbEntry>,
  tools: Tools
): Promise<Ending> => {
  const wantsJson = args.includes("--json")
  try {
    return await runVerb(args, verbs, tools, wantsJson)
  } catch (error) {
    const exitCode = error instanceof WrongUsage ? 2 : 1
    const detail = error instanceof Error ? error.message : String(error)
    const hint = exitCode === 2 ? "\nnpm run trade -- --help says what there is." : ""
    return {
      exitCode,
      stdout: wantsJson ? jsonText({ error: { code: codeOf(error), detail } }) : "",
      stderr: `${detail}${hint}\n`
    }
  }
}

const runVerb = async (
  args: ReadonlyArray<string>,
  verbs: ReadonlyArray<VerbEntry>,
  tools: Tools,
  wantsJson: boolean
): Promise<Ending> => {
  const [first, ...rest] = args[0] === "help" ? [...args.slice(1), "--help"] : args
  if (first === undefined || first === "--help" || first === "-h") {
    const text = helpForAll(verbs)
    return first === undefined ? { exitCode: 2, stdout: "", stderr: text } : { exitCode: 0, stdout: text, stderr: "" }
  }
  const entry = verbs.find(({ name }) => name === first)
  if (entry === undefined) throw new WrongUsage(`there is no verb ${first}`)
  const verb = await entry.load()
  const said = parseFor(
    verb,
    rest.map((word) => (word === "-h" ? "--help" : word))
  )
  if (said.has("help")) return { exitCode: 0, stdout: helpFor(entry.name, verb), stderr: "" }
  const [word] = said.words
  if (verb.words === "" && word !== undefined)
    throw new WrongUsage(`nothing is named after ${entry.name}, but ${JSON.stringify(word)} is`)
  const outcome: Outcome = await verb.run(said, tools)
  const stdout = wantsJson ? jsonText(outcome.json) : `${outcome.text.trimEnd()}\n`
  return { exitCode: outcome.ok ? 0 : 1, stdout, stderr: "" }
}

const codeOf = (error: unknown): string => {
  if (error instanceof CannotDo) return error.code
  return error instanceof Error ? error.name : "Error"
}
const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`
