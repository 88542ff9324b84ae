// A process of its own that owns a data folder until it is killed.
import { lockFolder } from "#infra/sqlite/folder-lock.ts"

lockFolder(process.argv[2]!)
setInterval(() => undefined, 1_000)
process.send!("held")
