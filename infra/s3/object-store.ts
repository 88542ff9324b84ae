import { createHash } from "node:crypto"
import { AwsClient } from "aws4fetch"
import { checkKey, KeyTaken, type ObjectStore, type StoredObject } from "#streams/ports/object-store.ts"
import { listed } from "./listing.ts"

export type S3Options = {
  /** `http(s)://KEY:SECRET@HOST/BUCKET/PREFIX?region=REGION`; path style, region `us-east-1` unless given */
  readonly url: string
  /** where the address has none: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** names in one answer of a list; the server's choice (1,000) unless given */
  readonly pageSize?: number
}

/** After this long without an answer a request has failed. */
const PATIENCE_MS = 60_000

/** Objects in a bucket that exists. The store itself refuses to overwrite (`If-None-Match: *`). */
export const s3Objects = ({ url, env = {}, pageSize }: S3Options): ObjectStore => {
  const { client, bucket, prefix, shown } = placeOf(url, env)
  const addressOf = (key: string) => (checkKey(key), `${bucket}/${prefix}${key}`)
  const call = async (address: string, init: RequestInit = {}): Promise<Response> => {
    try {
      return await client.fetch(address, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) })
    } catch (cause) {
      throw new Error(`${shown} does not answer: ${reasonOf(cause)}`, { cause })
    }
  }
  const get = async (key: string): Promise<Uint8Array | undefined> => {
    const response = await call(addressOf(key))
    if (response.status === 404) {
      await response.body?.cancel()
      return undefined
    }
    if (!response.ok) throw await refused(shown, `get ${key}`, response)
    return new Uint8Array(await response.arrayBuffer())
  }
  return {
    name: shown,
    put: async (key, bytes) => {
      const digest = createHash("sha256").update(bytes).digest()
      const response = await call(addressOf(key), {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: {
          "if-none-match": "*",
          "x-amz-content-sha256": digest.toString("hex"), // the signature covers the body
          "x-amz-checksum-sha256": digest.toString("base64") // kept by the server, which refuses a body that differs
        }
      })
      await (response.ok || response.status === 412 || response.status === 409 ? response.body?.cancel() : undefined)
      if (response.ok) return
      // 412: the key is taken; 409: another writer is putting it at this moment
      if (response.status !== 412 && response.status !== 409) throw await refused(shown, `put ${key}`, response)
      const there = await get(key)
      if (there === undefined) throw new Error(`${shown} refused to put ${key} (${response.status}): try again`)
      if (Buffer.compare(there, bytes) !== 0) throw new KeyTaken(`${key} holds other bytes in ${shown}`)
    },
    get,
    list: async (within) => {
      const found: Array<StoredObject> = []
      let token: string | undefined
      do {
        const query = new URLSearchParams({ "list-type": "2", prefix: prefix + within })
        if (pageSize !== undefined) query.set("max-keys", String(pageSize))
        if (token !== undefined) query.set("continuation-token", token)
        const response = await call(`${bucket}?${query.toString()}`)
        if (!response.ok) throw await refused(shown, `list ${within}`, response)
        const page = listed(await response.text())
        found.push(...page.objects.map(({ key, size }) => ({ key: key.slice(prefix.length), size })))
        token = page.next
      } while (token !== undefined)
      return found
    },
    close: async () => undefined
  }
}

const placeOf = (text: string, env: Readonly<Record<string, string | undefined>>) => {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new Error("The address of the object store is not of the form http(s)://HOST/BUCKET.", { cause })
  }
  const [bucketName = "", ...rest] = url.pathname.split("/").filter((word) => word !== "")
  if (bucketName === "" || !/^https?:$/u.test(url.protocol))
    throw new Error(`The address of the object store at ${url.host} is not of the form http(s)://HOST/BUCKET.`)
  const prefix = rest.map((word) => `${word}/`).join("")
  const accessKeyId = decodeURIComponent(url.username) || env["AWS_ACCESS_KEY_ID"]
  const secretAccessKey = decodeURIComponent(url.password) || env["AWS_SECRET_ACCESS_KEY"]
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new Error(`No key for the object store at ${url.host}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`)
  const sessionToken = env["AWS_SESSION_TOKEN"]
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && url.username === "" && { sessionToken }),
    service: "s3",
    region: url.searchParams.get("region") ?? env["AWS_REGION"] ?? "us-east-1",
    retries: 3 // of 5xx and 429; whoever asks tries again later
  })
  return { client, prefix, bucket: `${url.origin}/${bucketName}`, shown: `s3:${url.origin}/${bucketName}/${prefix}` }
}

const refused = async (shown: string, what: string, response: Response): Promise<Error> => {
  const code = /<Code>([^<]*)<\/Code>/u.exec(await response.text().catch(() => ""))?.[1] ?? ""
  return new Error(`${shown} refused to ${what}: ${response.status} ${code}`.trimEnd())
}

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message} (${cause.message})` : message
}
