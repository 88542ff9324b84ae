import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Effect, Exit } from "effect"
import { gatewayProcess } from "./gateway-process.ts"
import { omsProcess } from "./oms-process.ts"
import { readOptions, USAGE, UsageError, type PlatformOptions } from "./options.ts"
import { platform } from "./platform.ts"

const options = ((): PlatformOptions | "help" | UsageError => {
  try {
    return readOptions(process.argv.slice(2), process.env)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
})()

if (options === "help") process.stdout.write(USAGE)
else if (options instanceof UsageError) {
  process.stderr.write(`${options.message}\n\n${USAGE}`)
  process.exitCode = 2
} else {
  const told = started(options).pipe(
    Effect.tapCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.sync(() => process.stderr.write(`${sentences(cause)}\n`))
    )
  )
  NodeRuntime.runMain(told, {
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause) ? 1 : 0)
  })
}

function started(options: PlatformOptions) {
  if (options.only === "oms") return omsProcess(options)
  return options.only === "gateway" ? gatewayProcess(options) : platform(options)
}

/** What went wrong, for a person: known failures as their sentence, defects with their stack. */
function sentences(cause: Cause.Cause<unknown>): string {
  return Cause.prettyErrors(cause)
    .map((error) =>
      error.name === "Error" || error.name === "TypeError" ? (error.stack ?? error.message) : error.message
    )
    .join("\n")
}
