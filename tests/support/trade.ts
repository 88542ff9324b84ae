import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const MAIN = fileURLToPath(new URL("../../services/trade/main.ts", import.meta.url))

export type TradeOutcome = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** `npm run trade -- ...` as its user runs it, in a process of its own. */
export const trade = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): Promise<TradeOutcome> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { maxBuffer: 2 ** 28, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr })
    )
  })

/** The JSON document of a command that must succeed. */
export const tradeJson = async (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
): Promise<unknown> => {
  const { code, stdout, stderr } = await trade([...args, "--json"], env)
  if (code !== 0) throw new Error(`trade ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`)
  return JSON.parse(stdout)
}
