import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime } from "@effect/platform-node"
import { Layer } from "effect"
import { serveApi } from "#services/http/serve.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { fakeOms } from "#tests/services/oms/fake-oms.ts"

/** An oms that answers every order alike at once: what is left is the cost of HTTP. */
const oms = fakeOms()
let first: ReturnType<typeof oms.submit> | undefined
const trivial = { ...oms, submit: (...asked: Parameters<typeof oms.submit>) => (first ??= oms.submit(...asked)) }

NodeRuntime.runMain(
  Layer.launch(
    serveApi({
      name: "oms",
      version: "0",
      port: Number(process.argv[2]),
      mounts: [omsRoutes(trivial)],
      health: async () => ({})
    })
  )
)
