import { rmSync, writeFileSync } from "node:fs"
import { totalmem } from "node:os"
import { join } from "node:path"
import { makeFolders } from "#infra/folder/make-folders.ts"

/** The folders of one embedded store. */
export interface Folders {
  /** The engine's own. */
  readonly store: string
  /** Bodies and answers on their way through; emptied at each start, because a killed child leaves some behind. */
  readonly passing: string
  readonly config: string
}

/** Names the folders without touching them. */
export function foldersOf(directory: string): Folders {
  const inside = (name: string) => join(directory, name)
  return { store: inside("store"), passing: inside("passing"), config: inside("config.xml") }
}

/** Makes the folders and writes the engine's settings: writing first is what finds out that a folder is read-only. */
export function prepareFolders(folders: Folders, memoryMb: number): void {
  makeFolders(folders.store)
  makeFolders(folders.passing)
  writeFileSync(folders.config, configXml(memoryMb))
}

/** To be called by the owner of the lock only: a second instance must not take away files that the first one uses. */
export function emptyPassing(folders: Folders): void {
  rmSync(folders.passing, { recursive: true, force: true })
  makeFolders(folders.passing)
}

const mebibyte = 1024 * 1024

// The engine's defaults are those of a server that owns its machine: 5 GiB for each of several caches, and nine tenths
// of the memory. What profiles say in this file is not read, so limits for a statement are set with the statement.
function configXml(memoryMb: number): string {
  const here = Math.min(process.constrainedMemory() || Infinity, totalmem())
  const memory = Math.min(memoryMb * mebibyte, Math.floor(here / 2))
  const cache = (share: number) => Math.floor(memory * share)
  return `<clickhouse>
  <logger><level>none</level></logger>
  <timezone>UTC</timezone>
  <max_server_memory_usage>${memory}</max_server_memory_usage>
  <mark_cache_size>${cache(1 / 32)}</mark_cache_size>
  <index_mark_cache_size>${cache(1 / 64)}</index_mark_cache_size>
  <primary_index_cache_size>${cache(1 / 32)}</primary_index_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <query_condition_cache_size>${cache(1 / 128)}</query_condition_cache_size>
  <compiled_expression_cache_size>${cache(1 / 128)}</compiled_expression_cache_size>
</clickhouse>
`
}
