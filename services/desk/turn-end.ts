/**
 * Runs what was handed over in one turn of the event loop together at its end. Each connection is read in a callback of
 * its own; without this the first order of many connections would be committed, and synced, alone.
 */
export const turnEnd = (): ((run: () => void) => void) => {
  let waiting: Array<() => void> = []
  const runAll = () => {
    const all = waiting
    waiting = []
    for (const run of all) run()
  }
  return (run) => {
    if (waiting.push(run) === 1) setImmediate(runAll)
  }
}
