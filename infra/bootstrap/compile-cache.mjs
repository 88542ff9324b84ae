// Preloaded by the commands (`node --import`), and by the tests for the programs that they start: V8's code and the stripped
// TypeScript are kept beside the packages, which halves the time of the next start. A folder that cannot be written does no harm.
import { enableCompileCache } from "node:module"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url))
process.env.NODE_COMPILE_CACHE ??= folder // for the threads and processes of this one
enableCompileCache(process.env.NODE_COMPILE_CACHE)
