import { Effect, ManagedRuntime } from "effect"
import { request } from "node:http"
import type { Mount } from "#services/http/mount.ts"
import { type ServeOptions, serveApi } from "#services/http/serve.ts"
import { freePort } from "#tests/support/free-port.ts"

/** A service on a free port of this machine, until it is closed. */
export type Served = { readonly port: number; readonly close: () => Promise<void> }

export const serve = async (mounts: ReadonlyArray<Mount>, options: Partial<ServeOptions> = {}): Promise<Served> => {
  const port = options.port ?? (await freePort())
  const runtime = ManagedRuntime.make(
    serveApi({
      name: "oms",
      version: "0.0.0-test",
      health: async () => ({ self: { status: "ok" } }),
      ...options,
      port,
      mounts
    })
  )
  await runtime.runPromise(Effect.void)
  return { port, close: () => runtime.dispose() }
}

/** What a server said. `json` is undefined when it was none. */
export type Said = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
  // bodies of every shape come back here
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any
}

type Asked = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** text as it is; anything else as JSON. Chunks are sent one by one, without a length */
  readonly body?: unknown
  readonly chunks?: ReadonlyArray<Buffer>
}

/** One request over a connection of its own, with any header (fetch would refuse to set Host). */
export const ask = (
  port: number,
  path: string,
  { body, chunks, headers = {}, method = "GET" }: Asked = {}
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const json = body === undefined && chunks === undefined ? {} : { "content-type": "application/json" }
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers: { ...json, ...headers }, agent: false },
      (answer) => {
        const parts: Array<Buffer> = []
        answer.on("data", (part: Buffer) => parts.push(part))
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString("utf8")
          const isJson = /json/u.test(answer.headers["content-type"] ?? "")
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined
          })
        })
      }
    )
    sent.on("error", reject)
    for (const chunk of chunks ?? []) sent.write(chunk)
    sent.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body))
  })

/** The same as a JSON body, whatever the fields. */
export const post = (
  port: number,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {}
): Promise<Said> => ask(port, path, { method: "POST", body, headers })
