import { benchOrders } from "./order-bench.ts"
import { copyFileSync } from "node:fs"
const r = await benchOrders({ log: "sqlite", sync: "default", inFlight: 256, seconds: 600, rate: 0, orders: 150000, onServer: async ({ where }) => { const {DatabaseSync}=await import("node:sqlite"); const db=new DatabaseSync(where.slice(7),{readOnly:true}); db.exec("VACUUM INTO '/tmp/lab/ledger.sqlite'"); db.close() } })
console.log(r.metrics.ratePerSec)
