import { accessSync, constants, statSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"

const executable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Where infra/provision/provision.sh puts programs. */
const provisioned = (): string =>
  join(process.env["TRADE2026_BACKENDS"] ?? join(homedir(), ".cache", "trade2026-backends"), "bin")

/** The full path of a program on PATH, or else of one that was provisioned. */
export const findProgram = (name: string): string | undefined => {
  const file = process.platform === "win32" ? `${name}.exe` : name
  const folders = [...(process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""), provisioned()]
  return folders.map((folder) => join(folder, file)).find(executable)
}
