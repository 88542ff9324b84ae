import { CannotDo, WrongUsage, type Tools } from "./tools.ts"
import type { Said } from "./usage.ts"

const GATEWAY_PORT = 8080

type Problem = { readonly code?: string; readonly detail?: string }

/**
 * The running platform's answer, or undefined when none runs here. A ledger that was named (`--log`, `--data`) is
 * read by ourselves: the platform may have another one.
 */
export const askPlatform = async (
  said: Said,
  { env, say }: Tools,
  path: string,
  method: "GET" | "DELETE" | "POST" = "GET",
  asked?: object
): Promise<unknown> => {
  if (said.text("log") !== undefined || said.text("data") !== undefined) return undefined
  const origin = `http://127.0.0.1:${GATEWAY_PORT + offsetOf(env["TRADE2026_PORT_OFFSET"])}`
  const health = await read(`${origin}/health`, 1_000).catch(() => undefined)
  if ((health?.body as { service?: unknown } | undefined)?.service !== "gateway") return undefined
  const answer = await read(`${origin}${path}`, 60_000, method, asked).catch((error: Error) => {
    throw new CannotDo("PlatformSilent", `the platform at ${origin} does not answer ${path}: ${error.message}`, {
      cause: error
    })
  })
  if (answer.status !== 200) {
    const { code, detail } = answer.body as Problem
    throw new CannotDo(code ?? "PlatformRefused", `${detail ?? `status ${answer.status}`} (asked ${origin})`)
  }
  say(`asked the platform that is running at ${origin}`)
  return answer.body
}

const read = async (
  url: string,
  timeoutMs: number,
  method = "GET",
  asked?: object
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, {
    method,
    signal,
    headers: { accept: "application/json", ...(asked && { "content-type": "application/json" }) },
    ...(asked && { body: JSON.stringify(asked) })
  })
  return { status: response.status, body: await response.json() }
}

const offsetOf = (text = "0"): number => {
  const offset = Number(text)
  if (Number.isInteger(offset) && offset >= 0 && GATEWAY_PORT + offset <= 65_535) return offset
  throw new WrongUsage(`TRADE2026_PORT_OFFSET=${text} is no offset of ports`)
}
