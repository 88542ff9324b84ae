// Preloaded into a process (`node --import`): its wall clock is off by what the file CLOCK_SHIFT says, in ms, read
// whenever it is sent SIGUSR2. The monotonic clock goes on, as it does when an operator or NTP sets a real one.
import { readFileSync } from "node:fs"

const real = Date.now
let offMs = 0
const look = () => {
  try {
    offMs = Number(readFileSync(process.env["CLOCK_SHIFT"]!, "utf8"))
  } catch {
    offMs = 0 // nobody shifted it yet
  }
}
process.on("SIGUSR2", look)
look()
Date.now = () => real() + offMs
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [real() + offMs] : args, newTarget)
})
