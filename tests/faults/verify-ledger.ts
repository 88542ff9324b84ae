import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const TRADE = fileURLToPath(new URL("../../services/trade/main.ts", import.meta.url))

/** `npm run trade -- verify` on a ledger; throws with what it printed when a check fails. */
export const verifyLedger = async (args: ReadonlyArray<string>): Promise<unknown> => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [TRADE, "verify", ...args, "--json"], { maxBuffer: 2 ** 26 })
    return JSON.parse(stdout)
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`verify failed: ${stdout ?? ""}${stderr ?? String(error)}`)
  }
}
