// Writes snapshots of a ledger, one after the other, until it is killed: `snapshot-writer.ts LEDGER FOLDER`. Tells of each before.
import { randomBytes } from "node:crypto"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { Views } from "#services/desk/views.ts"
import { snapshotOf } from "#services/snapshots/partition-snapshot.ts"
import { foldAccounts } from "#streams/account-writer.ts"
import { packSnapshot } from "#streams/snapshots/snapshot.ts"

const [file, folder] = process.argv.slice(2) as [string, string]
const log = openSqliteLog({ file, readOnly: true })
const store = folderSnapshots(folder)
const ballast = { name: "ballast", format: "1", bytes: randomBytes(1 << 22) } // so that writing takes a while
const packed: Array<{ no: number; bytes: Uint8Array }> = []
const views = new Views()
await foldAccounts({
  log,
  partition: 0,
  onCommit: ({ stored, epoch }, events, state) => {
    views.replayed(events, state)
    if (stored.no % 20 !== 0) return
    const { head, parts } = snapshotOf({ folded: { state, head: stored, eventNo: state.eventNo, epoch }, views }, "now")
    packed.push({ no: stored.no, bytes: packSnapshot({ head, parts: [...parts, ballast] }) })
  }
})
for (;;) {
  for (const { no, bytes } of packed) {
    process.send!(no)
    await store.put(0, no, bytes)
  }
}
