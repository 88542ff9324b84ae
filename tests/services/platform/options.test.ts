import { describe, expect, it } from "vitest"
import { readOptions, UsageError } from "#services/platform/options.ts"

const env = { NATS_URL: "nats://n:4222" }
const servers = ["--profile", "servers"]

describe("a part of a platform", () => {
  it("is asked for by name, with the partitions that it tries for", () => {
    expect(readOptions([...servers, "--only", "oms"], env)).toMatchObject({ only: "oms", partitions: undefined })
    expect(readOptions([...servers, "--only", "oms", "--partitions", "2,0,2"], env)).toMatchObject({
      partitions: [2, 0]
    })
    expect(readOptions([...servers, "--only", "gateway"], env)).toMatchObject({ only: "gateway" })
    expect(readOptions([], env)).toMatchObject({ only: undefined, natsUrl: undefined })
  })

  it.each([
    [["--only", "oms"], "goes with --profile servers"],
    [[...servers, "--only", "pnl"], "--only takes oms or gateway, not pnl"],
    [[...servers, "--only", "oms", "--partitions", "1,x"], "--partitions is a whole number"],
    [[...servers, "--only", "gateway", "--partitions", "0"], "--partitions goes with --only oms"],
    [[...servers, "--partitions", "0"], "--partitions goes with --only oms"],
    [servers, "needs CLICKHOUSE_URL"]
  ])("is refused with a sentence: %j", (args, told) => {
    expect(() => readOptions(args, env)).toThrow(UsageError)
    expect(() => readOptions(args, env)).toThrow(told)
  })
  it("needs a NATS server", () => {
    expect(() => readOptions([...servers, "--only", "oms"], {})).toThrow("needs NATS_URL")
  })
})
