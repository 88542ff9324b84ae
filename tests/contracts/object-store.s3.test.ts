import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { s3Objects } from "#infra/s3/object-store.ts"
import { type S3Server, startS3 } from "#tests/support/s3-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { objectStoreContract } from "./object-store.ts"

const program = inject("s3Server")
const unlessMissing = skipWithout(program, "versitygw is missing")
let server: S3Server | undefined
let buckets = 0
beforeAll(async () => {
  if (program !== undefined) server = await startS3(program)
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

objectStoreContract(
  "s3",
  async () => {
    const url = await server!.bucket(`contract-${++buckets}`)
    return { open: () => s3Objects({ url: `${url}/below/a-prefix` }), discard: async () => undefined }
  },
  unlessMissing
)

describe("object store: s3, what a server adds", unlessMissing, () => {
  it("lists beyond one page", async () => {
    const store = s3Objects({ url: await server!.bucket("pages"), pageSize: 10 })
    const keys = Array.from({ length: 25 }, (_, no) => `k/${String(no).padStart(4, "0")}`)
    await Promise.all(keys.map((key) => store.put(key, Buffer.from("x"))))
    expect((await store.list("k/")).map(({ key }) => key)).toEqual(keys)
  })

  it("says which store refused what, without its secrets", async () => {
    const url = new URL(await server!.bucket("secrets"))
    url.password = "wrong"
    const store = s3Objects({ url: url.toString() })
    const told = await store.get("a").catch((error: Error) => error.message)
    expect(told).toMatch(/secrets\/ refused to get a: 403 SignatureDoesNotMatch/u)
    expect(told).not.toMatch(/testkey|wrong/u)
    await expect(s3Objects({ url: `${await server!.bucket("there")}x` }).list("")).rejects.toThrow(/404 NoSuchBucket/u)
  })

  it("says what is missing in an address", () => {
    expect(() => s3Objects({ url: "nonsense" })).toThrow(/not of the form/u)
    expect(() => s3Objects({ url: "http://127.0.0.1:1/" })).toThrow(/not of the form/u)
    expect(() => s3Objects({ url: "http://127.0.0.1:1/bucket" })).toThrow(/AWS_ACCESS_KEY_ID/u)
  })
})
