import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { AwsClient } from "aws4fetch"
import { freePort } from "./free-port.ts"
import { tempDir } from "./temp-dir.ts"

/** A real S3 server of one's own on loopback. `await using` stops it. */
export type S3Server = AsyncDisposable & {
  /** Makes a bucket; its address holds the keys. */
  readonly bucket: (name: string) => Promise<string>
}

const [KEY, SECRET] = ["testkey", "testsecret"]

export const startS3 = async (program: string): Promise<S3Server> => {
  const port = await freePort()
  const home = tempDir("s3")
  const [data, sidecar] = [join(home.path, "data"), join(home.path, "sidecar")]
  for (const folder of [data, sidecar]) mkdirSync(folder)
  const child = spawn(
    program,
    // temporary folders may have no extended attributes
    ["--port", `127.0.0.1:${port}`, "--quiet", "posix", "--sidecar", sidecar, data],
    { stdio: "ignore", env: { ...process.env, ROOT_ACCESS_KEY: KEY, ROOT_SECRET_KEY: SECRET } }
  )
  const register = process.env["TRADE2026_TEST_SERVERS"]
  if (register !== undefined) writeFileSync(join(register, basename(home.path)), String(child.pid))
  const ended = once(child, "exit")
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM")
    await ended
    home[Symbol.dispose]()
  }
  const client = new AwsClient({ accessKeyId: KEY, secretAccessKey: SECRET, service: "s3", region: "us-east-1" })
  const address = `127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    if (
      await client.fetch(`http://${address}/`).then(
        ({ ok }) => ok,
        () => false
      )
    )
      break
    if (tries > 200 || child.exitCode !== null) {
      await stop()
      throw new Error(`versitygw did not come up on port ${port}`)
    }
    await sleep(25)
  }
  return {
    bucket: async (name) => {
      const made = await client.fetch(`http://${address}/${name}`, { method: "PUT" })
      if (!made.ok) throw new Error(`no bucket ${name}: ${made.status} ${await made.text()}`)
      return `http://${KEY}:${SECRET}@${address}/${name}`
    },
    [Symbol.asyncDispose]: stop
  }
}
