// Runs in a thread of its own: rewriting a large file takes half a second, and a trading process must not stand still.
import { parentPort, workerData } from "node:worker_threads"
import { isBusy } from "./errors.ts"
import { openPeopleTable } from "./people-table.ts"

const clean = (file: string): boolean => {
  const table = openPeopleTable(file, false)
  try {
    return table.clean()
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  } finally {
    table.close()
  }
}

parentPort?.postMessage(clean(workerData as string))
