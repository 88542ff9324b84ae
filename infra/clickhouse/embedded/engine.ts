import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import type { Folders } from "./config.ts"
import { quoted } from "./sql-shape.ts"

/** What a statement left behind: output unless it went to a file, and the engine's counts. */
export interface Output {
  readonly bytes: Uint8Array
  readonly rowsRead: number
  readonly bytesRead: number
}

interface Handle {
  readonly handle: unique symbol
}

/** The functions of chdb's native addon that are used here. */
export interface Addon {
  CreateConnection(store: string, args?: readonly string[]): Handle | null
  CloseConnection(connection: Handle): void
  QueryAsyncConnection(connection: Handle, sql: string, format: string): Promise<Output>
}

// chdb's own Session is not used: its close() waits for whatever runs on any other session, and each such wait keeps a
// list of all the others, which costs a gigabyte beside one query of 15 seconds.
/** Loads the engine's library, or throws why this platform has none. */
export function loadAddon(): Addon {
  const require = createRequire(import.meta.url)
  const home = dirname(require.resolve("chdb/package.json"))
  const { loadNative } = require(join(home, "dist", "loader.js")) as { loadNative: () => Addon }
  return loadNative()
}

/** One connection: it lives for one statement, and everything that was set on it ends with it. */
export class Connection {
  readonly #addon: Addon
  readonly #handle: Handle

  constructor(addon: Addon, store: string, args?: readonly string[]) {
    const handle = args === undefined ? addon.CreateConnection(store) : addon.CreateConnection(store, args)
    if (handle === null) throw new Error("the engine gave no connection")
    this.#addon = addon
    this.#handle = handle
  }

  run(sql: string, format = "TabSeparated"): Promise<Output> {
    return this.#addon.QueryAsyncConnection(this.#handle, sql, format)
  }

  /** Never while a statement runs on it: that ends the whole engine. */
  close(): void {
    this.#addon.CloseConnection(this.#handle)
  }
}

/** The engine on one folder. The first connection holds its lock until close(). */
export class Engine {
  readonly #addon: Addon
  readonly #store: string
  readonly #keeper: Connection

  constructor(addon: Addon, folders: Folders) {
    this.#addon = addon
    this.#store = folders.store
    this.#keeper = new Connection(addon, folders.store, [`--config-file=${folders.config}`])
  }

  connect(): Connection {
    return new Connection(this.#addon, this.#store)
  }

  /** Ends the statement that carries this mark, on a connection of its own. ASYNC, because SYNC never comes back. */
  async kill(mark: string): Promise<void> {
    const connection = this.connect()
    try {
      await connection.run(`KILL QUERY WHERE Settings['log_comment'] = ${quoted(mark)} ASYNC`)
    } finally {
      connection.close()
    }
  }

  close(): void {
    this.#keeper.close()
  }
}
