// The simulation of `npm run ci`: another seed each time, said before anything can go wrong.
import { spawnSync } from "node:child_process"
import { randomInt } from "node:crypto"
import { join } from "node:path"

const seed = process.env["SEED"] ?? String(randomInt(2 ** 32))
const words = ["simulate", "--seed", seed, "--steps", "60000"]
console.log(`Replay with: npm run trade -- ${words.join(" ")}`)
const main = join(import.meta.dirname, "..", "..", "services", "trade", "main.ts")
process.exitCode = spawnSync(process.execPath, [main, ...words], { stdio: "inherit" }).status ?? 1
