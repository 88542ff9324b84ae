/** A request on its way to a partition's writer. */
export type Forwarded = {
  readonly method: string
  /** with its query, as the service that answers it knows it */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** By what a request tells which partition it is for. */
export type Concern = {
  readonly account?: string
  /** of an account that is being opened */
  readonly group?: string
  readonly partition?: number
}

/** Commands that may bear an id of their caller's. */
const WITH_ID =
  /^\/(?:risk\/kill|orders(?:\/groups|\/cancel-all|\/[^/]+)?|accounts\/[^/]+\/(?:deposits|withdrawals|transfers|entries))$/u

export const pathOf = ({ path }: Forwarded): URL => new URL(path, "http://writer")

export const fieldsOf = (body: string | undefined): Readonly<Record<string, unknown>> => {
  try {
    const document: unknown = JSON.parse(body ?? "")
    return typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {}
  } catch {
    return {} // whoever decodes it says what is wrong
  }
}

export const concernOf = (request: Forwarded): Concern => {
  const { pathname, searchParams } = pathOf(request)
  const [, kind, id] = pathname.split("/")
  const { account, owner, group = owner, partition, scope, id: scopeId } = fieldsOf(request.body)
  const [, levelOf, levelId] = /^\/risk\/limits\/([^/]+)\/([^/]+)$/u.exec(pathname) ?? []
  if (levelOf === "account" || levelOf === "group") return { [levelOf]: decodeURIComponent(levelId!) }
  if (levelOf !== undefined || (request.method === "GET" && pathname === "/risk/halts"))
    return partitionIn(searchParams)
  const text = (value: unknown) => (typeof value === "string" ? value : undefined)
  const [, numbered] = /^\/(?:orders\/|risk\/halts\/halt-)(\d+)-\d+$/u.exec(pathname) ?? []
  if (numbered !== undefined) return { partition: Number(numbered) }
  if (scope === "account" && typeof scopeId === "string") return { account: scopeId }
  if (scope === "group" && typeof scopeId === "string") return { group: scopeId }
  const named = (kind === "accounts" ? id : undefined) ?? text(account) ?? searchParams.get("account") ?? undefined
  return {
    ...(named !== undefined && { account: decodeURIComponent(named) }),
    ...(text(group) !== undefined && { group: text(group)! }),
    ...(Number.isSafeInteger(partition) && { partition: partition as number })
  }
}

const partitionIn = (query: URLSearchParams): Concern => {
  const partition = query.get("partition") ?? ""
  return /^\d{1,9}$/u.test(partition) ? { partition: Number(partition) } : {}
}

/** The request so that it can be sent again: a command without an id gets one, and whether it can be at all. */
export const repeatable = (request: Forwarded, newId: () => string): { request: Forwarded; isSafe: boolean } => {
  const { method, body } = request
  const url = pathOf(request)
  if (method === "GET" || (method === "POST" && (url.pathname === "/accounts" || url.pathname === "/risk/moves")))
    return { request, isSafe: true }
  if (!WITH_ID.test(url.pathname)) return { request, isSafe: false }
  if (method === "DELETE") {
    if (!url.searchParams.has("clOrdId")) url.searchParams.set("clOrdId", newId())
    return { request: { ...request, path: `${url.pathname}${url.search}` }, isSafe: true }
  }
  const fields = fieldsOf(body)
  if ("clOrdId" in fields || body === undefined) return { request, isSafe: "clOrdId" in fields }
  const named = withField(body, "clOrdId", `"${newId()}"`)
  return { request: { ...request, body: named }, isSafe: named !== body }
}

/** With a field more in the text as it came: a number that was parsed and written again might be another one. */
export const withField = (body: string | undefined, name: string, value: string): string => {
  const more = Object.keys(fieldsOf(body)).length === 0 ? "" : ","
  return (body ?? "").replace(/^\s*\{/u, (brace) => `${brace}"${name}":${value}${more}`)
}
